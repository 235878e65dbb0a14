package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.BpfTestBench;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exporters that fall on one hold share a receiver; nobody who makes up exporters can choose which do. */
@Tag("kernel")
class HoldPlaceTest {
    private static final int EXPORTERS = 32;
    private static final int PORT = 2055;

    /** The two halves of each address differ from those of the others in the same bits. */
    private static final List<InetSocketAddress> ALIKE = exporters("2001:db8::%1$x:0:0:0:%1$x");

    private static final List<InetSocketAddress> IPV4 = exporters("203.0.113.%1$d");

    private static List<InetSocketAddress> exporters(String form) {
        return IntStream.rangeClosed(1, EXPORTERS)
                .mapToObj(number -> new InetSocketAddress(InetAddress.ofLiteral(form.formatted(number)), PORT))
                .toList();
    }

    /** The holds of a node to which each of them has sent a template, and nobody else. */
    private static Set<Integer> holdsOf(List<InetSocketAddress> exporters) {
        try (WalkNode node = WalkNode.open()) {
            node.run(() -> {
                try (BpfTestBench bench = node.bench()) {
                    byte[] template = new FlowMessage(false, 0).template().bytes();
                    exporters.forEach(exporter -> node.send(bench, exporter, template, true));
                }
            });
            return node.holds();
        }
    }

    @Test
    void shouldNotHaveExportersShareAHoldWhenTheirAddressesAreMadeUp() {
        Set<Integer> holds = holdsOf(ALIKE);
        // Of 4,096 places: that 32 take no more than 16 happens once in 10^40 times.
        assertTrue(holds.size() > EXPORTERS / 2, holds::toString);
    }

    @Test
    void shouldPutExportersElsewhereEachTimeTheProgramIsLoaded() {
        Set<Integer> holds = holdsOf(IPV4);
        assertTrue(holds.size() > EXPORTERS / 2, holds::toString);
        assertNotEquals(holds, holdsOf(IPV4));
    }
}
