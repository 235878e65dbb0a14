package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.flow.FlowKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/** The JDK's addresses as keys of flows. */
final class ChannelAddress {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private ChannelAddress() {}

    static void read(InetSocketAddress from, FlowKey into) {
        byte[] address = from.getAddress().getAddress();
        if (from.getAddress() instanceof Inet6Address ipv6) {
            into.setIpv6Client(
                    (long) LONG.get(address, 0),
                    (long) LONG.get(address, Long.BYTES),
                    ipv6.getScopeId(),
                    from.getPort());
        } else {
            into.setIpv4Client((int) INT.get(address, 0), from.getPort());
        }
    }
}
