package dev.udpfanout.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class KernelCountersTest {
    private static final List<String> SNMP = List.of(
            "Ip: Forwarding DefaultTTL",
            "Ip: 1 64",
            "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti",
            "Udp: 10 1 5 20 2 0 3 0",
            "UdpLite: InDatagrams NoPorts",
            "UdpLite: 0 0");

    @Test
    void shouldFindTheCountersByTheirNames() {
        assertEquals(new UdpCounters(10, 1, 5, 2, 3), UdpCounters.parse(SNMP));
    }

    @Test
    void shouldSubtractAnEarlierReading() {
        assertEquals(new UdpCounters(6, 1, 4, 2, 2), UdpCounters.parse(SNMP).since(new UdpCounters(4, 0, 1, 0, 1)));
    }

    @Test
    void shouldRefuseWhenTheTextHasNoUdpCounters() {
        assertThrows(IllegalArgumentException.class, () -> UdpCounters.parse(SNMP.subList(0, 2)));
    }

    @Test
    void shouldAddUpTheDropsOfThePortAlone() {
        List<String> table = List.of(
                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
                "  100: 00000000:9E42 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 6911 2 0 17",
                "  101: 0100007F:9E42 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 6912 2 0 3",
                "  102: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 6913 2 0 999");

        assertEquals(20, SocketDrops.parse(table, 40514));
    }
}
