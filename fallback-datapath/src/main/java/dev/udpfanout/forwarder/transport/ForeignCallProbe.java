package dev.udpfanout.forwarder.transport;

import dev.udpfanout.forwarder.socket.LibC;
import java.lang.invoke.MethodHandles;

/** Whether this process may call C functions: io_uring and epoll need recvmmsg(2), setsockopt(2) and their like. */
final class ForeignCallProbe {
    private ForeignCallProbe() {}

    static Support run() {
        try {
            MethodHandles.lookup().ensureInitialized(LibC.class);
            return new Support.Supported();
        } catch (IllegalAccessException | LinkageError | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Support.Unsupported("the JVM does not let this process call C functions"
                    + " (--enable-native-access): " + cause.getMessage());
        }
    }
}
