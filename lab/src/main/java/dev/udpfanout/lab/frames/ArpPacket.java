package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.MacAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * An ARP packet for IPv4 over Ethernet; source: RFC 826.
 *
 * @param operation {@link #REQUEST} or {@link #REPLY}
 * @param senderMac the address that the packet says the sender has
 * @param sender whose link-layer address that is
 * @param targetMac in a request it is not known yet
 * @param target who is asked, or answered
 */
public record ArpPacket(
        int operation, MacAddress senderMac, Inet4Address sender, MacAddress targetMac, Inet4Address target) {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    static final int ETHER_TYPE = 0x0806;

    private static final int ETHERNET_HARDWARE = 1;
    private static final int ETHER_TYPE_IPV4 = 0x0800;
    private static final int IPV4_BYTES = 4;
    private static final int BYTES = 28;
    private static final int MIN_FRAME_BYTES = 60;

    /** The question who has an address. */
    public static ArpPacket request(MacAddress senderMac, Inet4Address sender, Inet4Address wanted) {
        return new ArpPacket(REQUEST, senderMac, sender, new MacAddress(0), wanted);
    }

    /**
     * What tells a whole segment that an address has moved to a link-layer address: a request and a reply, since there
     * are machines that heed the one only, and such as heed the other only; MetalLB sends both.
     */
    public static List<ArpPacket> gratuitous(MacAddress mac, Inet4Address address) {
        return List.of(
                new ArpPacket(REQUEST, mac, address, MacAddress.BROADCAST, address),
                new ArpPacket(REPLY, mac, address, MacAddress.BROADCAST, address));
    }

    /** The answer to a request: that this link-layer address has what was asked for. */
    public ArpPacket answeredWith(MacAddress mac) {
        return new ArpPacket(REPLY, mac, target, senderMac, sender);
    }

    /** The packet in a frame, if it is one for IPv4 over Ethernet. */
    public static Optional<ArpPacket> in(byte[] frame) {
        if (frame.length < UdpFrame.ETHERNET_BYTES + BYTES
                || ParsedFrame.of(frame).etherType() != ETHER_TYPE) {
            return Optional.empty();
        }
        ByteBuffer body = ByteBuffer.wrap(frame, UdpFrame.ETHERNET_BYTES, BYTES);
        if (body.getShort() != ETHERNET_HARDWARE
                || body.getShort() != ETHER_TYPE_IPV4
                || body.get() != MacAddress.BYTES
                || body.get() != IPV4_BYTES) {
            return Optional.empty();
        }
        return Optional.of(new ArpPacket(body.getShort(), mac(body), address(body), mac(body), address(body)));
    }

    /** A frame that holds it, from its sender to some link-layer address. */
    public byte[] frameTo(MacAddress destination) {
        byte[] body = ByteBuffer.allocate(MIN_FRAME_BYTES - UdpFrame.ETHERNET_BYTES)
                .putShort((short) ETHERNET_HARDWARE)
                .putShort((short) ETHER_TYPE_IPV4)
                .put((byte) MacAddress.BYTES)
                .put((byte) IPV4_BYTES)
                .putShort((short) operation)
                .put(senderMac.bytes())
                .put(sender.getAddress())
                .put(targetMac.bytes())
                .put(target.getAddress())
                .array();
        return Frames.ethernet(senderMac, destination, ETHER_TYPE, body);
    }

    private static MacAddress mac(ByteBuffer body) {
        byte[] bytes = new byte[MacAddress.BYTES];
        body.get(bytes);
        return MacAddress.of(bytes, 0);
    }

    private static Inet4Address address(ByteBuffer body) {
        byte[] bytes = new byte[IPV4_BYTES];
        body.get(bytes);
        try {
            return (Inet4Address) InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
