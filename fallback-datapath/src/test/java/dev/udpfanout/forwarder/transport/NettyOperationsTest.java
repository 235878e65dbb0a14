package dev.udpfanout.forwarder.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fails where another Netty keeps its list elsewhere: it would have no io_uring on Linux 5.10 then. */
@Tag("unit")
class NettyOperationsTest {
    private static final int SENDMSG = 9;
    private static final int SHUTDOWN = 34;

    @Test
    void shouldNotAskTheKernelForAnOperationThatIsNotUsed() throws ReflectiveOperationException {
        TransportProbe.run();
        Field required = Class.forName("io.netty.channel.uring.Native").getDeclaredField("REQUIRED_IORING_OPS");
        required.setAccessible(true);
        int[] operations = (int[]) required.get(null);
        assertFalse(Arrays.stream(operations).anyMatch(each -> each == SHUTDOWN));
        assertTrue(Arrays.stream(operations).anyMatch(each -> each == SENDMSG));
    }
}
