package dev.udpfanout.loader.datapath.kernel.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerKeys;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the program keeps of LISTENERS for a tick holds for no packet that comes after a change. */
@Tag("kernel")
class KnownListenerTest {
    private static final int UNSPEC = -1;

    /** So many that most changes are within one tick of the clock. */
    private static final int CHANGES = 1000;

    @Test
    void shouldForgetAListenerWithTheChangeThatTakesItAway() {
        try (TestRunNode node = TestRunNode.open()) {
            InetSocketAddress to = new InetSocketAddress("192.0.2.1", 5514);
            byte[] frame = UdpFrame.between(new InetSocketAddress("203.0.113.7", 4711), to)
                    .link(new MacAddress(2), new MacAddress(0))
                    .payload(new byte[20])
                    .build();
            node.run(() -> {
                try (BpfTestBench bench = node.bench(node.program().rewrite())) {
                    ListenerKeys keys = new ListenerKeys(node.program());
                    Map<ListenerKey, ListenerEntry> with = Map.copyOf(keys.inForce());
                    Map<ListenerKey, ListenerEntry> without = new HashMap<>(with);
                    without.keySet().removeIf(key -> key.address().equals(to.getAddress()) && key.port() == 5514);
                    assertEquals(with.size() - 1, without.size());
                    for (int change = 0; change < CHANGES; change++) {
                        assertEquals(TestRunNode.REDIRECT, bench.run(frame).verdict(), "listened to, " + change);
                        keys.set(without);
                        assertEquals(UNSPEC, bench.run(frame).verdict(), "not listened to any more, " + change);
                        keys.set(with);
                    }
                }
            });
        }
    }
}
