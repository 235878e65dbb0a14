package dev.udpfanout.bindings.nftables;

/** libnftables.so.1 cannot be loaded: Debian has it in the package libnftables1. */
public final class LibraryMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LibraryMissingException(Throwable cause) {
        super("failed to load libnftables.so.1 (Debian: install libnftables1)", cause);
    }
}
