package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.datapath.kernel.attach.SampleDatagram;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/** Frames as an XDP program may see a sender's datagram. IEEE 802.1Q: the tag is behind the hardware addresses. */
final class XdpFrames {
    /** Locally administered, and of nobody. */
    private static final byte[] SENDER = HexFormat.of().parseHex("027566747263");

    private static final int ADDRESSES = 12;
    private static final short TAG = (short) 0x8100;

    private XdpFrames() {}

    /** @param vlan whose tag the frame may have; empty if there is one frame alone, without a tag */
    static List<byte[]> to(InetSocketAddress destination, Link link, OptionalInt vlan) {
        ByteBuffer frame = ByteBuffer.wrap(SampleDatagram.to(destination));
        if (link.hasEthernetHeader() && !link.hardwareAddress().isEmpty()) {
            frame.put(0, HexFormat.ofDelimiter(":").parseHex(link.hardwareAddress()));
        }
        frame.put(ADDRESSES - SENDER.length, SENDER);
        byte[] untagged = frame.array();
        if (vlan.isEmpty()) {
            return List.of(untagged);
        }
        ByteBuffer tagged = ByteBuffer.allocate(untagged.length + 2 * Short.BYTES)
                .put(untagged, 0, ADDRESSES)
                .putShort(TAG)
                .putShort((short) vlan.getAsInt())
                .put(untagged, ADDRESSES, untagged.length - ADDRESSES);
        return List.of(untagged, tagged.array());
    }
}
