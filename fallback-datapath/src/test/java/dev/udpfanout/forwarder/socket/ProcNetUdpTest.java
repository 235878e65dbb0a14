package dev.udpfanout.forwarder.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@Tag("unit")
@EnabledIf("isLittleEndian")
class ProcNetUdpTest {
    private static final List<String> TABLE = List.of(
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
            "  100: 0100007F:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0000 7         ",
            "  101: 0100007F:0202 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 2 2 0000 4294967295",
            "  102: 0100007F:0203 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 3 2 0000 9");

    static boolean isLittleEndian() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    @Test
    void shouldTellTheSocketsOfAnAddressApart() throws IOException {
        assertEquals(Set.of(1L, 2L), ProcNetUdp.inodes(TABLE, new InetSocketAddress("127.0.0.1", 514)));
        assertEquals(Set.of(3L), ProcNetUdp.inodes(TABLE, new InetSocketAddress("127.0.0.1", 515)));
        assertEquals(Set.of(), ProcNetUdp.inodes(TABLE, new InetSocketAddress("127.0.0.2", 514)));
    }

    @Test
    void shouldKnowAllSocketsOfAPort() {
        assertEquals(Map.of(514, Set.of(1L, 2L), 515, Set.of(3L)), ProcNetUdp.inodesByPort(TABLE.stream()));
    }

    @Test
    void shouldSayWhatWaitsAtASocket() throws IOException {
        assertEquals(0, ProcNetUdp.queuedBytes(TABLE, 1));
        assertEquals(0x300, ProcNetUdp.queuedBytes(TABLE, 2));
    }

    @Test
    void shouldCountTheDropsOfOneSocketAlone() throws IOException {
        assertEquals(7, ProcNetUdp.drops(TABLE, 1));
        assertEquals(-1, ProcNetUdp.drops(TABLE, 2));
        assertEquals(9, ProcNetUdp.drops(TABLE, 3));
    }

    @Test
    void shouldFailWhenTheSocketIsNotThere() {
        assertThrows(IOException.class, () -> ProcNetUdp.drops(TABLE, 4));
    }
}
