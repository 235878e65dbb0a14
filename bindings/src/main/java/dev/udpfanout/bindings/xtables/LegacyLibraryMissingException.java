package dev.udpfanout.bindings.xtables;

/** libip4tc.so.2 or libip6tc.so.2 cannot be loaded: Debian has them in the packages libip4tc2 and libip6tc2. */
public final class LegacyLibraryMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LegacyLibraryMissingException(String library, String debianPackage, Throwable cause) {
        super("failed to load " + library + " (Debian: install " + debianPackage + ")", cause);
    }
}
