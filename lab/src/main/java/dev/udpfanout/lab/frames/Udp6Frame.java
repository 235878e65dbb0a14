package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.TopologyPlan;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Builds an Ethernet frame with an IPv6 header, extension headers and a UDP header, right in every field unless told
 * otherwise; {@link UdpFrame} is its IPv4 counterpart. Sources: RFC 8200, RFC 768.
 */
public final class Udp6Frame {
    /** Hop-by-hop options, as the type of an extension header. */
    public static final int HOP_BY_HOP = 0;

    /** A routing header. */
    public static final int ROUTING = 43;

    /** A fragment header. */
    public static final int FRAGMENT = 44;

    /** An authentication header. */
    public static final int AUTHENTICATION = 51;

    /** Destination options. */
    public static final int DESTINATION_OPTIONS = 60;

    static final int IP_BYTES = 40;
    private static final int ETHER_TYPE_IPV6 = 0x86dd;
    private static final int PROTOCOL_UDP = 17;
    private static final int DERIVED = -1;

    private final InetSocketAddress source;
    private final InetSocketAddress destination;
    private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    private MacAddress sourceMac = TopologyPlan.CLIENT_MAC;
    private MacAddress destinationMac = TopologyPlan.NODE_MAC;
    private byte[] payload = {};
    private int firstType = PROTOCOL_UDP;
    private int lastTypeAt = DERIVED;
    private int version = 6;
    private int trafficClass;
    private int flowLabel;
    private int payloadLength = DERIVED;
    private int hopLimit = 64;
    private int udpLength = DERIVED;
    private int udpChecksum = DERIVED;

    private Udp6Frame(InetSocketAddress source, InetSocketAddress destination) {
        this.source = source;
        this.destination = destination;
    }

    /** A frame from the lab's client to the lab's node, with these addresses and ports inside and no payload. */
    public static Udp6Frame between(InetSocketAddress source, InetSocketAddress destination) {
        return new Udp6Frame(source, destination);
    }

    /** Other link-layer addresses than the client's and the node's. */
    public Udp6Frame link(MacAddress from, MacAddress to) {
        this.sourceMac = from;
        this.destinationMac = to;
        return this;
    }

    /** What stands behind the UDP header. */
    public Udp6Frame payload(byte[] bytes) {
        this.payload = bytes.clone();
        return this;
    }

    /**
     * Appends an extension header of the usual form: the type of what follows, its length, then its own bytes.
     *
     * @param type for example {@link #DESTINATION_OPTIONS}
     * @param bytes what follows the length byte: 6 bytes, or 14, 22 …
     */
    public Udp6Frame extension(int type, byte... bytes) {
        return extension(type, (bytes.length + 2) / 8 - 1, bytes);
    }

    /** As above, with a length byte that says what it is told to say. */
    public Udp6Frame extension(int type, int lengthByte, byte... bytes) {
        if (lastTypeAt == DERIVED) {
            firstType = type;
        }
        byte[] before = extensions.toByteArray();
        if (before.length > 0) {
            before[lastTypeAt] = (byte) type;
            extensions.reset();
            extensions.writeBytes(before);
        }
        lastTypeAt = before.length;
        extensions.write(PROTOCOL_UDP);
        extensions.write(lengthByte);
        extensions.writeBytes(bytes);
        return this;
    }

    /** Another type than UDP's in the last header before the UDP header. */
    public Udp6Frame lastType(int type) {
        if (lastTypeAt == DERIVED) {
            firstType = type;
        } else {
            byte[] all = extensions.toByteArray();
            all[lastTypeAt] = (byte) type;
            extensions.reset();
            extensions.writeBytes(all);
        }
        return this;
    }

    /** Another IP version than 6 in the header's first half byte. */
    public Udp6Frame version(int value) {
        this.version = value;
        return this;
    }

    /** The traffic class (DSCP and ECN); 0 if not said. */
    public Udp6Frame trafficClass(int value) {
        this.trafficClass = value;
        return this;
    }

    /** The flow label, 20 bits; 0 if not said. */
    public Udp6Frame flowLabel(int value) {
        this.flowLabel = value;
        return this;
    }

    /** The IPv6 payload length field, in bytes, true or not. */
    public Udp6Frame payloadLength(int bytes) {
        this.payloadLength = bytes;
        return this;
    }

    /** The hop limit; 64 if not said. */
    public Udp6Frame hopLimit(int hops) {
        this.hopLimit = hops;
        return this;
    }

    /** The UDP length field, in bytes, true or not. */
    public Udp6Frame udpLength(int bytes) {
        this.udpLength = bytes;
        return this;
    }

    /** The UDP checksum, right or not. */
    public Udp6Frame udpChecksum(int value) {
        this.udpChecksum = value;
        return this;
    }

    /** The frame, from the Ethernet header on, without a frame check sequence. */
    public byte[] build() {
        byte[] extension = extensions.toByteArray();
        int udpBytes = UdpFrame.UDP_BYTES + payload.length;
        byte[] frame = new byte[UdpFrame.ETHERNET_BYTES + IP_BYTES + extension.length + udpBytes];
        ByteBuffer out = ByteBuffer.wrap(frame);
        out.put(destinationMac.bytes()).put(sourceMac.bytes()).putShort((short) ETHER_TYPE_IPV6);
        out.putInt(version << 28 | trafficClass << 20 | flowLabel);
        out.putShort((short) given(payloadLength, extension.length + udpBytes));
        out.put((byte) firstType).put((byte) hopLimit);
        out.put(source.getAddress().getAddress()).put(destination.getAddress().getAddress());
        out.put(extension);
        int udpOffset = out.position();
        out.putShort((short) source.getPort()).putShort((short) destination.getPort());
        out.putShort((short) given(udpLength, udpBytes)).putShort((short) 0).put(payload);
        int checksum = InternetChecksum.complement(InternetChecksum.sum(frame, UdpFrame.ETHERNET_BYTES + 8, 32)
                + PROTOCOL_UDP
                + given(udpLength, udpBytes)
                + InternetChecksum.sum(frame, udpOffset, udpBytes));
        out.putShort(udpOffset + 6, (short) given(udpChecksum, checksum == 0 ? 0xffff : checksum));
        return frame;
    }

    private static int given(int field, int derived) {
        return field == DERIVED ? derived : field;
    }
}
