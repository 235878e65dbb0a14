package dev.udpfanout.bindings.rtnetlink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The file descriptors that lead to a socket or an eventfd: what this package could leak. */
public final class OpenDescriptors {
    private OpenDescriptors() {}

    public static long count() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(OpenDescriptors::isOurs).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOurs(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:") || target.contains("eventfd");
        } catch (IOException e) {
            // The descriptor by which /proc/self/fd is read is gone by now.
            return false;
        }
    }
}
