package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.TunDevice;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.frames.VlanTags;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What a datagram may come in, other than a plain frame of Ethernet. */
enum FrameKind {
    PLAIN,
    /** IEEE 802.1Q, of no VLAN. */
    PRIORITY_TAG,
    /** IPv6 destination options. */
    EXTENSION_HEADER,
    /** An interface that has none. */
    NO_LINK_LAYER;

    /** Where a listener has to be for all of them. */
    static final List<String> INTERFACES = List.of("eth0", "tun0");

    private static final int ETHERNET_BYTES = 14;
    private static final byte[] PADDING = {1, 4, 0, 0, 0, 0};

    /** The node has the interface of {@link #NO_LINK_LAYER} from then on. */
    static TunDevice openTun(Topology topology) {
        TunDevice tun = TunDevice.open(topology.node(), "tun0");
        for (String command : List.of(
                "ip address add 10.9.0.1/24 dev tun0",
                "ip address add 2001:db8:9::1/64 dev tun0 nodad",
                "ip link set tun0 up")) {
            topology.node().exec(command.split(" "));
        }
        return tun;
    }

    /** Whether it is one of this family. */
    boolean isOf(boolean ipv6) {
        return ipv6 || this != EXTENSION_HEADER;
    }

    /**
     * Sends payloads in it.
     *
     * @param port of the sender
     */
    Consumer<byte[]> sender(FrameSender client, TunDevice tun, boolean ipv6, int port) {
        if (this == NO_LINK_LAYER) {
            return payload -> {
                byte[] frame = ipv6
                        ? between6("2001:db8:9::2", "2001:db8:9::1", port)
                                .payload(payload)
                                .build()
                        : between("10.9.0.2", "10.9.0.1", port).payload(payload).build();
                tun.send(Arrays.copyOfRange(frame, ETHERNET_BYTES, frame.length));
            };
        }
        return payload -> {
            byte[] frame = ipv6 ? frame6(port, payload) : frame4(port, payload);
            client.send(this == PRIORITY_TAG ? VlanTags.put(frame, VlanTags.CUSTOMER | VlanTags.PRIORITY) : frame);
        };
    }

    private byte[] frame6(int port, byte[] payload) {
        Udp6Frame frame = between6(TopologyPlan.CLIENT_ADDRESS6, TopologyPlan.NODE_ADDRESS6, port);
        return (this == EXTENSION_HEADER ? frame.extension(Udp6Frame.DESTINATION_OPTIONS, PADDING) : frame)
                .payload(payload)
                .build();
    }

    private static byte[] frame4(int port, byte[] payload) {
        return between(TopologyPlan.CLIENT_ADDRESS, TopologyPlan.NODE_ADDRESS, port)
                .payload(payload)
                .build();
    }

    private static Udp6Frame between6(String from, String to, int port) {
        return Udp6Frame.between(new InetSocketAddress(from, port), new InetSocketAddress(to, WayIn.LISTENER_PORT));
    }

    private static UdpFrame between(String from, String to, int port) {
        return UdpFrame.between(new InetSocketAddress(from, port), new InetSocketAddress(to, WayIn.LISTENER_PORT));
    }
}
