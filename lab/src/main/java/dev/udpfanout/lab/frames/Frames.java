package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.MacAddress;
import java.net.Inet4Address;
import java.nio.ByteBuffer;

/** Frames that are not UDP over IPv4: what a datapath must leave alone. */
public final class Frames {
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
        return ArpPacket.request(from, sender, wanted).frameTo(MacAddress.BROADCAST);
    }
}
