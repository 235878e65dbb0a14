package dev.udpfanout.bench.program;

import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Listeners that are each other's endpoints, on loopback, which is where test runs have frames come in. No real
 * configuration is like that: it would be refused.
 */
record PacketRing(List<ListenerConfig> listeners, List<Case> cases) {
    /** Three endpoints each. */
    private static final int MEMBERS = 4;

    /** Loopback's own: a frame for any other would be for another host. */
    private static final MacAddress LOOPBACK = MacAddress.parse("00:00:00:00:00:00");

    private static final int PAYLOAD_BYTES = 200;
    private static final int FIRST_TTL = 255;
    private static final int TTL_AT = 14 + 8;
    private static final int HOP_LIMIT_AT = 14 + 7;
    private static final int FIRST_PORT = 5514;
    private static final int OTHERS_PORT = 5513;

    /** What listeners have besides an address and endpoints: the name of the case, and the configuration. */
    private record Feature(String name, String ipv4, String ipv6) {
        Feature(String name, String ofEither) {
            this(name, ofEither, ofEither);
        }
    }

    /** A ring of each; the first is a listener with nothing more. */
    private static final List<Feature> FEATURES = List.of(
            new Feature("", ""),
            new Feature(", hash", "policy: hash,"),
            new Feature(", allow", "allow: [ 203.0.113.0/24 ],", "allow: [ \"2001:db8:5::/64\" ],"),
            new Feature(", rate_limit", "rate_limit: { packets_per_second: 100000000 },"));

    /** TC_ACT_* of linux/pkt_cls.h. */
    private static final int REDIRECT = 7;

    private static final int UNSPEC = -1;

    /**
     * One kind of packet.
     *
     * @param forwarded whether the program sends it on
     * @param hopsLeftAt where its TTL or hop limit is
     */
    record Case(String name, byte[] frame, boolean forwarded, int hopsLeftAt) {
        /** @throws IllegalStateException if not every repetition did what it should */
        void check(int verdict, byte[] left, int repeat) {
            int hopsLeft = Byte.toUnsignedInt(left[hopsLeftAt]);
            int expected = forwarded ? FIRST_TTL - repeat : FIRST_TTL;
            if (verdict != (forwarded ? REDIRECT : UNSPEC) || hopsLeft != expected) {
                throw new IllegalStateException("test run of \"" + name + "\": verdict " + verdict + ", TTL " + hopsLeft
                        + ", and not " + expected);
            }
        }
    }

    /** The {@code ip -batch} text that makes every member a neighbour behind the bridge. */
    static String network() {
        StringBuilder batch =
                new StringBuilder("route add 192.0.2.0/24 dev cni0\nroute add 2001:db8:2::/64 dev cni0\n");
        for (int i = 1; i <= MEMBERS; i++) {
            for (String address : List.of("192.0.2." + i, "2001:db8:2::" + i)) {
                batch.append(
                        "neighbour add %s lladdr 02:00:00:00:00:%02x dev cni0 nud permanent\n".formatted(address, i));
            }
        }
        return batch.toString();
    }

    static PacketRing create() {
        StringBuilder yaml = new StringBuilder("listeners:\n");
        List<Case> cases = new ArrayList<>();
        for (int ring = 0; ring < FEATURES.size(); ring++) {
            Feature feature = FEATURES.get(ring);
            int port = FIRST_PORT + ring;
            for (int i = 1; i <= MEMBERS; i++) {
                yaml.append(
                        listener("four%d-%d".formatted(ring, i), "192.0.2." + i, port, feature.ipv4(), "10.42.0.11"));
                yaml.append(listener(
                        "six%d-%d".formatted(ring, i),
                        "[2001:db8:2::" + i + "]",
                        port,
                        feature.ipv6(),
                        "[2001:db8:42::11]"));
            }
            cases.add(new Case("IPv4" + feature.name(), ipv4("192.0.2.1", port), true, TTL_AT));
            cases.add(new Case("IPv6" + feature.name(), ipv6("2001:db8:2::1", port), true, HOP_LIMIT_AT));
        }
        cases.add(new Case("not a listener's", ipv4("192.0.2.1", OTHERS_PORT), false, TTL_AT));
        try {
            return new PacketRing(
                    new ConfigReader(name -> true)
                            .parse(yaml.toString(), "bench")
                            .listeners(),
                    List.copyOf(cases));
        } catch (InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String listener(String name, String address, int port, String feature, String endpoint) {
        return "  - { name: %s, interface: lo, bind: \"%s:%d\", %s downstream: [ { address: \"%s:40514\" } ] }\n"
                .formatted(name, address, port, feature, endpoint);
    }

    private static byte[] ipv4(String destination, int port) {
        return UdpFrame.between(new InetSocketAddress("203.0.113.7", 4711), new InetSocketAddress(destination, port))
                .link(TopologyPlan.CLIENT_MAC, LOOPBACK)
                .payload(new byte[PAYLOAD_BYTES])
                .ttl(FIRST_TTL)
                .build();
    }

    private static byte[] ipv6(String destination, int port) {
        return Udp6Frame.between(new InetSocketAddress("2001:db8:5::7", 4711), new InetSocketAddress(destination, port))
                .link(TopologyPlan.CLIENT_MAC, LOOPBACK)
                .payload(new byte[PAYLOAD_BYTES])
                .hopLimit(FIRST_TTL)
                .build();
    }

    /** The other members of the same ring and family. */
    List<InetSocketAddress> othersThan(InetSocketAddress member) {
        List<InetSocketAddress> others = new ArrayList<>();
        for (ListenerConfig listener : listeners) {
            InetSocketAddress bind = listener.bind();
            if (!bind.equals(member)
                    && bind.getPort() == member.getPort()
                    && bind.getAddress().getClass() == member.getAddress().getClass()) {
                others.add(bind);
            }
        }
        return others;
    }
}
