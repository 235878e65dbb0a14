package dev.udpfanout.forwarder.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The sysctl kernel.io_uring_disabled: 0 allows io_uring, 1 only to members of a group or with CAP_SYS_ADMIN, 2 to
 * nobody. Source: Documentation/admin-guide/sysctl/kernel.rst; Linux 6.6.
 *
 * @param value the number as read, negative if the kernel has no such sysctl or it could not be read
 */
record IoUringSysctl(int value) {
    static final IoUringSysctl NOT_SET = new IoUringSysctl(-1);

    private static final Path FILE = Path.of("/proc/sys/kernel/io_uring_disabled");

    static IoUringSysctl read() {
        try {
            // Not readString: it asks for one byte first, and at another position a sysctl has no more to say
            // (proc_dointvec).
            return new IoUringSysctl(
                    Integer.parseInt(String.join("", Files.readAllLines(FILE)).trim()));
        } catch (IOException | NumberFormatException e) {
            return NOT_SET;
        }
    }

    boolean isForbidding() {
        return value > 0;
    }
}
