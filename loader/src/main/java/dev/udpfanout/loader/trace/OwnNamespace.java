package dev.udpfanout.loader.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The number of the calling thread's network namespace: namespaces(7). */
public final class OwnNamespace {
    private static final Path LINK = Path.of("/proc/thread-self/ns/net");

    private OwnNamespace() {}

    /** As the kernel has it in {@code struct net}; the link reads {@code net:[4026531840]}. */
    public static int inode() {
        try {
            return Integer.parseUnsignedInt(
                    Files.readSymbolicLink(LINK).toString().replaceAll("\\D", ""));
        } catch (IOException e) {
            throw new UncheckedIOException("failed to read " + LINK, e);
        }
    }
}
