package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.MacAddress;
import java.net.Inet4Address;
import java.nio.ByteBuffer;

/** Frames that are not UDP over IPv4: what a datapath must leave alone. */
public final class Frames {
    private static final int ETHER_TYPE_ARP = 0x0806;
    private static final int MIN_FRAME_BYTES = 60;

    private Frames() {}

    /**
     * Any Ethernet frame.
     *
     * @param etherType for example 0x86dd for IPv6
     * @param body what follows the Ethernet header
     */
    public static byte[] ethernet(MacAddress from, MacAddress to, int etherType, byte[] body) {
        return ByteBuffer.allocate(UdpFrame.ETHERNET_BYTES + body.length)
                .put(to.bytes())
                .put(from.bytes())
                .putShort((short) etherType)
                .put(body)
                .array();
    }

    /** The question who has an IPv4 address, sent to everyone; source: RFC 826. */
    public static byte[] arpRequest(MacAddress from, Inet4Address sender, Inet4Address wanted) {
        byte[] body = ByteBuffer.allocate(MIN_FRAME_BYTES - UdpFrame.ETHERNET_BYTES)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) MacAddress.BYTES)
                .put((byte) 4)
                .putShort((short) 1)
                .put(from.bytes())
                .put(sender.getAddress())
                .put(new byte[MacAddress.BYTES])
                .put(wanted.getAddress())
                .array();
        return ethernet(from, MacAddress.BROADCAST, ETHER_TYPE_ARP, body);
    }
}
