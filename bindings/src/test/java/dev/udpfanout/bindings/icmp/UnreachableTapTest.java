package dev.udpfanout.bindings.icmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnreachableTapTest {
    /** 10.42.0.12 to 192.168.1.10: nobody listens at 10.42.0.12:40514, which 192.168.1.10:4711 has asked. */
    private static final byte[] IPV4 = HexFormat.of()
            .parseHex("45c000380000000040010000" + "0a2a000cc0a8010a" + "0303000000000000" + "4500001c000000003f110000"
                    + "c0a8010a0a2a000c" + "12679e4200080000");

    private static final byte[] IPV6 = HexFormat.of()
            .parseHex("6000000000383a40" + "20010db8004200000000000000000012" + "20010db8000100000000000000000010"
                    + "0104000000000000" + "600000000008113f" + "20010db8000100000000000000000010"
                    + "20010db8004200000000000000000012" + "12679e4200080000");

    @Test
    void shouldReadWhereTheQuotedDatagramWasSentTo() {
        assertEquals(Optional.of(new InetSocketAddress("10.42.0.12", 40514)), UnreachableTap.quoted(IPV4));
        assertEquals(Optional.of(new InetSocketAddress("2001:db8:42::12", 40514)), UnreachableTap.quoted(IPV6));
    }

    @Test
    void shouldReadNothingOutOfAnErrorThatIsCutOffOrIsAnother() {
        for (byte[] whole : new byte[][] {IPV4, IPV6}) {
            int udp = whole.length - 8;
            for (int bytes = 0; bytes < udp + 4; bytes++) {
                assertEquals(Optional.empty(), UnreachableTap.quoted(Arrays.copyOf(whole, bytes)));
            }
        }
        byte[] host = IPV4.clone();
        host[21] = 1;
        assertEquals(Optional.empty(), UnreachableTap.quoted(host));
    }
}
