package dev.udpfanout.bindings.rtnetlink;

import static dev.udpfanout.bindings.generated.libc.Libc.SOL_NETLINK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NETLINK_CAP_ACK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NETLINK_EXT_ACK;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import dev.udpfanout.bindings.rtnetlink.netlink.Readiness;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/** The real transport: a socket that asks for errors in words (NETLINK_EXT_ACK) and without an echo of the request. */
final class KernelTransport implements Transport {
    private final NetlinkDescriptor descriptor;

    private KernelTransport(NetlinkDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    static KernelTransport open(int protocol) {
        NetlinkDescriptor descriptor = NetlinkDescriptor.open(protocol);
        try {
            descriptor.setOption(SOL_NETLINK(), NETLINK_EXT_ACK(), 1);
            descriptor.setOption(SOL_NETLINK(), NETLINK_CAP_ACK(), 1);
            return new KernelTransport(descriptor);
        } catch (Throwable e) {
            descriptor.close();
            throw ErrnoCapture.rethrown(e);
        }
    }

    @Override
    public void send(MemorySegment message) {
        descriptor.send(message);
    }

    @Override
    public long receive(MemorySegment buffer, long timeoutNanos) {
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        while (Readiness.await(deadlineNanos - System.nanoTime(), descriptor.number())) {
            OptionalLong received = descriptor.receiveNow(buffer);
            if (received.isPresent()) {
                return received.getAsLong();
            }
        }
        return TIMED_OUT;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
