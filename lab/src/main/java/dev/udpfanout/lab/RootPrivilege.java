package dev.udpfanout.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether this process may make network namespaces. */
public final class RootPrivilege {
    private RootPrivilege() {}

    /** Whether the effective user is root: the owner of {@code /proc/self}, see proc(5). */
    public static boolean held() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalStateException with one clear line if the effective user is not root */
    public static void require() {
        if (!held()) {
            throw new IllegalStateException("the lab makes network namespaces and needs root: run it as root");
        }
    }
}
