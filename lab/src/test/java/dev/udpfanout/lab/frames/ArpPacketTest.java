package dev.udpfanout.lab.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.lab.MacAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ArpPacketTest {
    private static final MacAddress MAC = MacAddress.parse("02:75:66:00:01:01");
    private static final MacAddress CLIENT_MAC = MacAddress.parse("02:75:66:00:01:0a");

    private static Inet4Address address(String text) throws UnknownHostException {
        return (Inet4Address) InetAddress.getByName(text);
    }

    @Test
    void shouldBeTheBytesOfRfc826WhenAnnounced() throws UnknownHostException {
        byte[] frame =
                ArpPacket.gratuitous(MAC, address("192.168.1.100")).getFirst().frameTo(MacAddress.BROADCAST);

        assertEquals(
                "ffffffffffff" + "027566000101" + "0806" + "0001" + "0800" + "0604" + "0001" + "027566000101"
                        + "c0a80164" + "ffffffffffff" + "c0a80164" + "00".repeat(18),
                HexFormat.of().formatHex(frame));
    }

    @Test
    void shouldBeReadAsItWasWrittenWhenARequestIsAnswered() throws UnknownHostException {
        byte[] frame = Frames.arpRequest(CLIENT_MAC, address("192.168.1.10"), address("192.168.1.100"));

        ArpPacket request = ArpPacket.in(frame).orElseThrow();
        assertEquals(ArpPacket.request(CLIENT_MAC, address("192.168.1.10"), address("192.168.1.100")), request);
        ArpPacket reply = request.answeredWith(MAC);
        assertEquals(
                new ArpPacket(ArpPacket.REPLY, MAC, address("192.168.1.100"), CLIENT_MAC, address("192.168.1.10")),
                ArpPacket.in(reply.frameTo(CLIENT_MAC)).orElseThrow());
    }

    @Test
    void shouldBeNoneWhenTheFrameHoldsSomethingElse() {
        assertEquals(Optional.empty(), ArpPacket.in(Frames.ethernet(MAC, MAC, 0x0800, new byte[46])));
        assertEquals(Optional.empty(), ArpPacket.in(Frames.ethernet(MAC, MAC, ArpPacket.ETHER_TYPE, new byte[27])));
        assertEquals(Optional.empty(), ArpPacket.in(Frames.ethernet(MAC, MAC, ArpPacket.ETHER_TYPE, new byte[46])));
    }
}
