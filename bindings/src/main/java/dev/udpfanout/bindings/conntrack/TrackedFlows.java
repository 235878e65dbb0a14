package dev.udpfanout.bindings.conntrack;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;
import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET6;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_FILTER;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_FILTER_ORIG_FLAGS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_ID;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V4_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V4_SRC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V6_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_IP_V6_SRC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_PROTO_DST_PORT;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_PROTO_NUM;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_PROTO_SRC_PORT;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_TUPLE_IP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_TUPLE_ORIG;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.CTA_TUPLE_PROTO;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_DUMP;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.rtnetlink.nfgenmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The UDP entries of a network namespace's table of tracked connections, over ctnetlink
 * (net/netfilter/nf_conntrack_netlink.c). Reading and deleting need CAP_NET_ADMIN. For one thread at a time, whichever.
 */
public final class TrackedFlows implements AutoCloseable {
    /** Of the original tuple, compare the protocol, and its destination port: CTA_FILTER_FLAG, Linux 5.8. */
    private static final int BY_PROTOCOL = 1 << 3;

    private static final int BY_DESTINATION_PORT = 1 << 5;

    private final RtnetlinkSocket reading;
    private final RtnetlinkSocket deleting;

    private TrackedFlows(RtnetlinkSocket reading, RtnetlinkSocket deleting) {
        this.reading = reading;
        this.deleting = deleting;
    }

    /**
     * Opens the table of the calling thread's network namespace.
     *
     * @throws SystemCallException EPROTONOSUPPORT on a kernel without nfnetlink
     */
    public static TrackedFlows open() {
        RtnetlinkSocket reading = RtnetlinkSocket.openNetfilter();
        try {
            return new TrackedFlows(reading, RtnetlinkSocket.openNetfilter());
        } catch (RuntimeException e) {
            reading.close();
            throw e;
        }
    }

    /**
     * Shows each entry once, as the table is at the time; one that comes or goes meanwhile may be left out. The kernel
     * waits while the reader works, and the reader may {@link #delete}.
     *
     * @param destinationPort what the sender's datagrams have; empty for every one
     * @throws SystemCallException EPERM without CAP_NET_ADMIN, EINVAL if connection tracking cannot be asked
     */
    public void forEach(StandardProtocolFamily family, OptionalInt destinationPort, Consumer<TrackedFlow> reader) {
        Request request = new Request(
                RequestType.IPCTNL_MSG_CT_GET,
                () -> "tracked UDP of port " + (destinationPort.isPresent() ? destinationPort.getAsInt() : "any"),
                message -> {
                    header(message, family == StandardProtocolFamily.INET6 ? AF_INET6() : AF_INET());
                    message.nest(
                            CTA_TUPLE_ORIG(),
                            tuple -> tuple.nest(CTA_TUPLE_PROTO(), protocol -> {
                                protocol.put(CTA_PROTO_NUM(), new byte[] {TrackedFlowDecoder.UDP});
                                destinationPort.ifPresent(port -> protocol.put(CTA_PROTO_DST_PORT(), bigEndian(port)));
                            }));
                    message.nest(
                            CTA_FILTER(),
                            filter -> filter.putInt(
                                    CTA_FILTER_ORIG_FLAGS(),
                                    destinationPort.isPresent() ? BY_PROTOCOL | BY_DESTINATION_PORT : BY_PROTOCOL));
                });
        reading.send(request, NLM_F_DUMP(), message -> {
            TrackedFlowDecoder.decode(message)
                    .filter(flow ->
                            destinationPort.isEmpty() || flow.destination().getPort() == destinationPort.getAsInt())
                    .ifPresent(reader);
            return Optional.empty();
        });
    }

    /**
     * Deletes the entry with these addresses, if it is still the same one.
     *
     * @return false if it was gone, or another one has taken its place
     */
    public boolean delete(TrackedFlow flow) {
        try {
            deleting.execute(new Request(
                    RequestType.IPCTNL_MSG_CT_DELETE, () -> flow.sender() + " to " + flow.destination(), message -> {
                        header(message, InternetAddress.family(flow.sender().getAddress()));
                        message.nest(CTA_TUPLE_ORIG(), tuple -> {
                            tuple.nest(CTA_TUPLE_IP(), addresses -> putAddresses(addresses, flow));
                            tuple.nest(CTA_TUPLE_PROTO(), protocol -> putPorts(protocol, flow));
                        });
                        message.putInt(CTA_ID(), flow.id());
                    }));
            return true;
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static void header(MessageBuilder message, int family) {
        MemorySegment header = message.struct(nfgenmsg.layout());
        nfgenmsg.nfgen_family(header, (byte) family);
    }

    private static void putAddresses(MessageBuilder message, TrackedFlow flow) {
        InetAddress source = flow.sender().getAddress();
        boolean ipv6 = source instanceof Inet6Address;
        message.putAddress(ipv6 ? CTA_IP_V6_SRC() : CTA_IP_V4_SRC(), source);
        message.putAddress(
                ipv6 ? CTA_IP_V6_DST() : CTA_IP_V4_DST(), flow.destination().getAddress());
    }

    private static void putPorts(MessageBuilder message, TrackedFlow flow) {
        message.put(CTA_PROTO_NUM(), new byte[] {TrackedFlowDecoder.UDP});
        message.put(CTA_PROTO_SRC_PORT(), bigEndian(flow.sender()));
        message.put(CTA_PROTO_DST_PORT(), bigEndian(flow.destination()));
    }

    private static byte[] bigEndian(InetSocketAddress place) {
        return bigEndian(place.getPort());
    }

    private static byte[] bigEndian(int port) {
        return ByteBuffer.allocate(Short.BYTES)
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) port)
                .array();
    }

    @Override
    public void close() {
        reading.close();
        deleting.close();
    }
}
