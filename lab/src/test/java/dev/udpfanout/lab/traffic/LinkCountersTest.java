package dev.udpfanout.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LinkCountersTest {
    private static final List<String> DEV = List.of(
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0",
            " veth1:    1426      17    0    0    0     0          0         0     3100      29    0    0    0     0       0          0");

    @Test
    void shouldReadPacketsOfBothDirections() {
        assertEquals(new LinkCounters(17, 29), LinkCounters.parse(DEV, "veth1"));
    }

    @Test
    void shouldRefuseAnInterfaceThatIsNotThere() {
        assertThrows(IllegalArgumentException.class, () -> LinkCounters.parse(DEV, "veth"));
    }
}
