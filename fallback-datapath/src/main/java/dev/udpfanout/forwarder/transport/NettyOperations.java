package dev.udpfanout.forwarder.transport;

import io.netty.channel.uring.IoUring;
import java.lang.reflect.Field;

/**
 * What Netty asks of a kernel's io_uring. It says that it runs from Linux 5.9 on, but since 4.2 its list of operations
 * that must be there has IORING_OP_SHUTDOWN, which is of Linux 5.11. Its TCP channels use that; the workers here open
 * none of Netty's channels. Source: {@code Native.REQUIRED_IORING_OPS} of Netty 4.2.18.
 */
final class NettyOperations {
    private static final int NOP = 0;
    private static final int SHUTDOWN = 34;

    private NettyOperations() {}

    /**
     * Takes shutdown(2) off the list, for the life of the process; to be called before Netty looks at it, which it does
     * once. Where the list is not to be found, Netty's own answer stands.
     */
    static void doWithoutShutdown() {
        try {
            Class<?> natives = Class.forName(
                    IoUring.class.getPackageName() + ".Native", true, NettyOperations.class.getClassLoader());
            Field required = natives.getDeclaredField("REQUIRED_IORING_OPS");
            required.setAccessible(true);
            int[] operations = (int[]) required.get(null);
            for (int i = 0; i < operations.length; i++) {
                if (operations[i] == SHUTDOWN) {
                    operations[i] = NOP;
                }
            }
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            // Netty says by itself why it has no io_uring.
        }
    }
}
