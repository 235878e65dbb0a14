package dev.udpfanout.forwarder.worker.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.List;
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
    void shouldAddUpWhatWaitsAtAllSocketsOfTheAddress() {
        assertEquals(0x300, ProcNetUdp.queuedBytes(TABLE, new InetSocketAddress("127.0.0.1", 514)));
        assertEquals(0, ProcNetUdp.queuedBytes(TABLE, new InetSocketAddress("127.0.0.1", 515)));
    }

    @Test
    void shouldAddUpTheDropsOfAllSocketsOfTheAddress() {
        assertEquals(6, ProcNetUdp.drops(TABLE, new InetSocketAddress("127.0.0.1", 514)));
        assertEquals(9, ProcNetUdp.drops(TABLE, new InetSocketAddress("127.0.0.1", 515)));
        assertEquals(0, ProcNetUdp.drops(TABLE, new InetSocketAddress("127.0.0.2", 514)));
    }
}
