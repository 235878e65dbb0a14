package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.TopologyPlan;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Builds an Ethernet frame with an IPv4 header and a UDP header, right in every field unless told otherwise. Fields
 * that are overridden are written as given, and checksums follow them, so that a frame is wrong in one place at a time.
 * Sources: RFC 791, RFC 768.
 */
public final class UdpFrame {
    static final int ETHERNET_BYTES = 14;
    static final int MIN_IP_BYTES = 20;
    static final int UDP_BYTES = 8;
    private static final int ETHER_TYPE_IPV4 = 0x0800;
    private static final int PROTOCOL_UDP = 17;
    private static final int DERIVED = -1;

    private final InetSocketAddress source;
    private final InetSocketAddress destination;
    private MacAddress sourceMac = TopologyPlan.CLIENT_MAC;
    private MacAddress destinationMac = TopologyPlan.NODE_MAC;
    private byte[] payload = {};
    private byte[] ipOptions = {};
    private int etherType = ETHER_TYPE_IPV4;
    private int version = 4;
    private int headerWords = DERIVED;
    private int tos;
    private int totalLength = DERIVED;
    private int identification = 1;
    private int fragment = 0x4000;
    private int ttl = 64;
    private int protocol = PROTOCOL_UDP;
    private int ipChecksum = DERIVED;
    private int udpLength = DERIVED;
    private int udpChecksum = DERIVED;
    private int truncatedTo = Integer.MAX_VALUE;

    private UdpFrame(InetSocketAddress source, InetSocketAddress destination) {
        this.source = source;
        this.destination = destination;
    }

    /** A frame from the lab's client to the lab's node, with these addresses and ports inside and no payload. */
    public static UdpFrame between(InetSocketAddress source, InetSocketAddress destination) {
        return new UdpFrame(source, destination);
    }

    /** Other link-layer addresses than the client's and the node's. */
    public UdpFrame link(MacAddress from, MacAddress to) {
        this.sourceMac = from;
        this.destinationMac = to;
        return this;
    }

    /** What stands behind the UDP header. */
    public UdpFrame payload(byte[] bytes) {
        this.payload = bytes.clone();
        return this;
    }

    /** Another EtherType than 0x0800. */
    public UdpFrame etherType(int value) {
        this.etherType = value;
        return this;
    }

    /** Another IP version than 4 in the header's first half byte. */
    public UdpFrame version(int value) {
        this.version = value;
        return this;
    }

    /** The header length field in 32-bit words, true or not; it does not add options. */
    public UdpFrame ihl(int words) {
        this.headerWords = words;
        return this;
    }

    /** IPv4 options: 4 to 40 bytes, a multiple of 4. */
    public UdpFrame ipOptions(byte[] bytes) {
        this.ipOptions = bytes.clone();
        return this;
    }

    /** The type of service (DSCP and ECN); 0 if not said. */
    public UdpFrame tos(int value) {
        this.tos = value;
        return this;
    }

    /** The IPv4 total length field, in bytes, true or not. */
    public UdpFrame totalLength(int bytes) {
        this.totalLength = bytes;
        return this;
    }

    /** The datagram's identification, which its fragments share; 1 if not said. */
    public UdpFrame identification(int value) {
        this.identification = value;
        return this;
    }

    /**
     * Makes it a fragment; if not called, "don't fragment" is set.
     *
     * @param offsetBytes where in the datagram it belongs, a multiple of 8
     * @param more whether others follow
     */
    public UdpFrame fragment(int offsetBytes, boolean more) {
        this.fragment = offsetBytes / 8 | (more ? 0x2000 : 0);
        return this;
    }

    /** The time to live; 64 if not said. */
    public UdpFrame ttl(int hops) {
        this.ttl = hops;
        return this;
    }

    /** Another IP protocol number than 17; the UDP header stays. */
    public UdpFrame protocol(int number) {
        this.protocol = number;
        return this;
    }

    /** The IPv4 header checksum, right or not. */
    public UdpFrame ipChecksum(int value) {
        this.ipChecksum = value;
        return this;
    }

    /** The UDP length field, in bytes, true or not. */
    public UdpFrame udpLength(int bytes) {
        this.udpLength = bytes;
        return this;
    }

    /** The UDP checksum, right or not; 0 means that the sender made none. */
    public UdpFrame udpChecksum(int value) {
        this.udpChecksum = value;
        return this;
    }

    /** Cuts the frame off; the fields inside stay as they were. The kernel takes no frame of fewer than 14 bytes. */
    public UdpFrame truncatedTo(int bytes) {
        this.truncatedTo = bytes;
        return this;
    }

    /** The frame, from the Ethernet header on, without a frame check sequence. */
    public byte[] build() {
        int ipBytes = MIN_IP_BYTES + ipOptions.length;
        byte[] frame = new byte[ETHERNET_BYTES + ipBytes + UDP_BYTES + payload.length];
        ByteBuffer out = ByteBuffer.wrap(frame);
        out.put(destinationMac.bytes()).put(sourceMac.bytes()).putShort((short) etherType);
        putIp(out, ipBytes);
        putUdp(out);
        putChecksums(out, frame, ipBytes);
        return truncatedTo < frame.length ? Arrays.copyOf(frame, truncatedTo) : frame;
    }

    private void putIp(ByteBuffer out, int ipBytes) {
        out.put((byte) (version << 4 | given(headerWords, ipBytes / 4))).put((byte) tos);
        out.putShort((short) given(totalLength, ipBytes + UDP_BYTES + payload.length));
        out.putShort((short) identification).putShort((short) fragment);
        out.put((byte) ttl).put((byte) protocol).putShort((short) 0);
        out.put(source.getAddress().getAddress()).put(destination.getAddress().getAddress());
        out.put(ipOptions);
    }

    private void putUdp(ByteBuffer out) {
        out.putShort((short) source.getPort()).putShort((short) destination.getPort());
        out.putShort((short) given(udpLength, UDP_BYTES + payload.length)).putShort((short) 0);
        out.put(payload);
    }

    private void putChecksums(ByteBuffer out, byte[] frame, int ipBytes) {
        int ip = InternetChecksum.complement(InternetChecksum.sum(frame, ETHERNET_BYTES, ipBytes));
        out.putShort(ETHERNET_BYTES + 10, (short) given(ipChecksum, ip));
        int udpOffset = ETHERNET_BYTES + ipBytes;
        int bytes = UDP_BYTES + payload.length;
        int udp = InternetChecksum.complement(
                InternetChecksum.pseudoHeaderSum(frame, ETHERNET_BYTES, PROTOCOL_UDP, given(udpLength, bytes))
                        + InternetChecksum.sum(frame, udpOffset, bytes));
        // A sum of zero goes out as its other form, because zero means "none".
        out.putShort(udpOffset + 6, (short) given(udpChecksum, udp == 0 ? 0xffff : udp));
    }

    private static int given(int field, int derived) {
        return field == DERIVED ? derived : field;
    }
}
