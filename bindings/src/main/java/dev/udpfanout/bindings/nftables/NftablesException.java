package dev.udpfanout.bindings.nftables;

/** libnftables did not do what it was told; the message has its own words. */
public final class NftablesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was tried, and what the library or the kernel said */
    public NftablesException(String message) {
        super(message);
    }
}
