package dev.udpfanout.bench.program;

import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An address family: where the bench's clients, listeners and receivers are, and what a packet looks like. */
enum Family {
    IPV4("IPv4", "198.18.0.0/15", "203.0.113.1", "10.77.0.0/16", TopologyPlan.CLIENT_ADDRESS),
    IPV6("IPv6", "2001:db8:18::/48", "2001:db8:cb::1", "2001:db8:77::/48", TopologyPlan.CLIENT_ADDRESS6);

    private static final int HOSTS = 250;
    private static final int FIRST_CLIENT_PORT = 1024;
    private static final int RECEIVER_PORT = 40_514;
    private static final int TTL_AT = 14 + 8;
    private static final int HOP_LIMIT_AT = 14 + 7;
    static final int TTL = 64;

    private final String text;
    private final String clients;
    private final String listener;
    private final String receivers;
    private final String clientsRouter;

    Family(String text, String clients, String listener, String receivers, String clientsRouter) {
        this.text = text;
        this.clients = clients;
        this.listener = listener;
        this.receivers = receivers;
        this.clientsRouter = clientsRouter;
    }

    /** All clients, as a prefix. */
    String clients() {
        return clients;
    }

    /** The {@code ip -batch} text by which the node knows the way to clients and to so many receivers. */
    String network(int receiverCount) {
        StringBuilder batch = new StringBuilder("neighbour replace %s lladdr %s dev eth0 nud permanent\n"
                .formatted(clientsRouter, TopologyPlan.CLIENT_MAC));
        batch.append("route add %s via %s dev eth0\n".formatted(clients, clientsRouter));
        batch.append("route add %s dev cni0\n".formatted(receivers));
        for (int i = 0; i < receiverCount; i++) {
            batch.append("neighbour add %s lladdr 02:00:00:00:%02x:%02x dev cni0 nud permanent\n"
                    .formatted(receiver(i).getAddress().getHostAddress(), i >> 8, i & 0xff));
        }
        return batch.toString();
    }

    InetSocketAddress receiver(int number) {
        return host(this == IPV4 ? "10.77.%d.%d" : "2001:db8:77:%x::%x", number, RECEIVER_PORT);
    }

    /** Each client has an address and a port of its own. */
    InetSocketAddress client(int number) {
        return host(this == IPV4 ? "198.18.%d.%d" : "2001:db8:18:%x::%x", number, FIRST_CLIENT_PORT + number);
    }

    private static InetSocketAddress host(String format, int number, int port) {
        return new InetSocketAddress(format.formatted(number / HOSTS, 1 + number % HOSTS), port);
    }

    InetSocketAddress listener(int port) {
        return new InetSocketAddress(listener, port);
    }

    byte[] frame(InetSocketAddress from, InetSocketAddress to, MacAddress interfaceMac, byte[] payload) {
        return this == IPV4
                ? UdpFrame.between(from, to)
                        .link(TopologyPlan.CLIENT_MAC, interfaceMac)
                        .payload(payload)
                        .ttl(TTL)
                        .build()
                : Udp6Frame.between(from, to)
                        .link(TopologyPlan.CLIENT_MAC, interfaceMac)
                        .payload(payload)
                        .hopLimit(TTL)
                        .build();
    }

    /** How many hops a packet may still make. */
    int hopsLeft(byte[] frame) {
        return Byte.toUnsignedInt(frame[this == IPV4 ? TTL_AT : HOP_LIMIT_AT]);
    }

    /** To whom a frame is addressed. */
    InetSocketAddress destination(byte[] frame) {
        int addressAt = this == IPV4 ? 14 + 16 : 14 + 24;
        int addressBytes = this == IPV4 ? 4 : 16;
        ByteBuffer headers = ByteBuffer.wrap(frame);
        byte[] address = Arrays.copyOfRange(frame, addressAt, addressAt + addressBytes);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(address),
                    Short.toUnsignedInt(headers.getShort(addressAt + addressBytes + Short.BYTES)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
