package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.MacAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Reads a frame for assertions, independently of what built or changed it: fields straight from their offsets,
 * checksums summed anew. Sources: RFC 791, RFC 768.
 *
 * <p>A frame may be anything: ask {@link #isIpv4} before IPv4's fields and {@link #isUdp} before UDP's.
 */
public final class ParsedFrame {
    private static final int ETHER_TYPE_IPV4 = 0x0800;
    private static final int PROTOCOL_UDP = 17;
    private static final int IP = UdpFrame.ETHERNET_BYTES;

    private final byte[] bytes;

    private ParsedFrame(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException for fewer bytes than an Ethernet header has */
    public static ParsedFrame of(byte[] frame) {
        if (frame.length < UdpFrame.ETHERNET_BYTES) {
            throw new IllegalArgumentException("a frame of " + frame.length + " bytes");
        }
        return new ParsedFrame(frame.clone());
    }

    /** The whole frame. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Who it is for on the link. */
    public MacAddress destinationMac() {
        return MacAddress.of(bytes, 0);
    }

    /** Who sent it on the link. */
    public MacAddress sourceMac() {
        return MacAddress.of(bytes, MacAddress.BYTES);
    }

    /** What is inside: 0x0800 for IPv4, 0x0806 for ARP, 0x86dd for IPv6. */
    public int etherType() {
        return u16(12);
    }

    /** Whether it holds an IPv4 header that is all there. */
    public boolean isIpv4() {
        return etherType() == ETHER_TYPE_IPV4
                && bytes.length >= IP + UdpFrame.MIN_IP_BYTES
                && u8(IP) >>> 4 == 4
                && ipHeaderBytes() >= UdpFrame.MIN_IP_BYTES
                && bytes.length >= IP + ipHeaderBytes();
    }

    /** Whether it holds a UDP header: over IPv4, and no later fragment. */
    public boolean isUdp() {
        return isIpv4()
                && protocol() == PROTOCOL_UDP
                && fragmentOffsetBytes() == 0
                && bytes.length >= udpOffset() + UdpFrame.UDP_BYTES;
    }

    /** The length of the IPv4 header in bytes, from its IHL field. */
    public int ipHeaderBytes() {
        return (u8(IP) & 0xf) * 4;
    }

    /** Type of service: DSCP and ECN. */
    public int tos() {
        return u8(IP + 1);
    }

    /** IPv4's total length in bytes. */
    public int totalLength() {
        return u16(IP + 2);
    }

    /** The datagram's identification. */
    public int identification() {
        return u16(IP + 4);
    }

    /** Whether fragments follow. */
    public boolean moreFragments() {
        return (u16(IP + 6) & 0x2000) != 0;
    }

    /** Where in the datagram this fragment belongs, in bytes. */
    public int fragmentOffsetBytes() {
        return (u16(IP + 6) & 0x1fff) * 8;
    }

    /** Hops left. */
    public int ttl() {
        return u8(IP + 8);
    }

    /** 17 for UDP. */
    public int protocol() {
        return u8(IP + 9);
    }

    /** The source address; its port is 0 for what has no UDP header. */
    public InetSocketAddress source() {
        return endpoint(IP + 12, 0);
    }

    /** The destination address; its port is 0 for what has no UDP header. */
    public InetSocketAddress destination() {
        return endpoint(IP + 16, 2);
    }

    /** Whether the IPv4 header's checksum is right. */
    public boolean ipChecksumValid() {
        return InternetChecksum.complement(InternetChecksum.sum(bytes, IP, ipHeaderBytes())) == 0;
    }

    /** The length in the UDP header, in bytes, the header's own 8 included. */
    public int udpLength() {
        return u16(udpOffset() + 4);
    }

    /** The UDP checksum as it stands; 0 for none. */
    public int udpChecksum() {
        return u16(udpOffset() + 6);
    }

    /**
     * Whether the UDP checksum is right; false for 0, which is none. Frames that were captured where the sender left
     * the checksum to the hardware hold only the pseudo header's sum: see TopologyBuilder.verifyChecksums.
     */
    public boolean udpChecksumValid() {
        int length = udpLength();
        if (udpChecksum() == 0 || length < UdpFrame.UDP_BYTES || udpOffset() + length > bytes.length) {
            return false;
        }
        long sum = InternetChecksum.pseudoHeaderSum(bytes, IP, PROTOCOL_UDP, length)
                + InternetChecksum.sum(bytes, udpOffset(), length);
        return InternetChecksum.complement(sum) == 0;
    }

    /** What stands behind the UDP header, without Ethernet's padding. */
    public byte[] udpPayload() {
        int from = udpOffset() + UdpFrame.UDP_BYTES;
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, IP + totalLength()));
    }

    @Override
    public String toString() {
        String link = sourceMac() + " > " + destinationMac();
        if (!isIpv4()) {
            return link + " type 0x%04x, %d bytes".formatted(etherType(), bytes.length);
        }
        return link + " " + source() + " > " + destination() + " protocol " + protocol() + " ttl " + ttl() + ", "
                + bytes.length + " bytes";
    }

    private int udpOffset() {
        return IP + ipHeaderBytes();
    }

    private InetSocketAddress endpoint(int addressOffset, int portOffset) {
        try {
            InetAddress address = InetAddress.getByAddress(Arrays.copyOfRange(bytes, addressOffset, addressOffset + 4));
            return new InetSocketAddress(address, isUdp() ? u16(udpOffset() + portOffset) : 0);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    private int u8(int offset) {
        return Byte.toUnsignedInt(bytes[offset]);
    }

    private int u16(int offset) {
        return u8(offset) << 8 | u8(offset + 1);
    }
}
