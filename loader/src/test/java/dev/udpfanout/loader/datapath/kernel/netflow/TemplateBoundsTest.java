package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.netflow.NetflowShare;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.BoundedWait;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What goes wrong with one exporter ends, and leaves the others alone. */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TemplateBoundsTest {
    /** UF_MAX_SHARE of netflow_templates.h. */
    private static final int SHARE = 1024;

    private static final int DOMAIN_OFFSET = 16;
    private static final InetSocketAddress EXPORTER = new InetSocketAddress("203.0.113.5", 2055);
    private static final InetSocketAddress HELD = new InetSocketAddress("203.0.113.4", 2055);
    private static final InetSocketAddress OTHER = new InetSocketAddress("203.0.113.6", 2055);
    /** UF_HOLD_MOST_NS of netflow_hold.h, less what reading a clock twice may make of it. */
    private static final Duration HOLD_AT_LEAST = Duration.ofMillis(990);

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private WalkNode node;

    @BeforeAll
    void setUp() {
        node = WalkNode.open();
    }

    @AfterAll
    void tearDown() {
        node.close();
    }

    @Test
    void shouldEndAHoldASecondAfterItBeganThoughACopyIsLostAndTemplatesComeAllTheTime() {
        node.run(() -> {
            try (BpfTestBench bench = node.bench()) {
                byte[] template = new FlowMessage(false, 0).template().bytes();
                int holder = share(bench, HELD, template);
                long beganNs = node.loseCopy();
                boolean isElsewhere = BoundedWait.until(
                        () -> {
                            // The copies of the one that ends the hold begin the next.
                            int to = node.send(bench, HELD, data(1), true);
                            if (to == holder) {
                                share(bench, HELD, template);
                            }
                            return to != holder;
                        },
                        LIMIT);
                Duration held = Duration.ofNanos(System.nanoTime() - beganNs);
                assertTrue(isElsewhere, "all data of the exporter go to one receiver for ever");
                assertTrue(held.compareTo(HOLD_AT_LEAST) > 0, () -> "data overtook templates after " + held);
            }
        });
    }

    @Test
    void shouldLeaveOtherAddressesTheirRoomWhateverDomainsOneMakesUp() {
        assertNotEquals(NetflowShare.indexOf(EXPORTER.getAddress()), NetflowShare.indexOf(OTHER.getAddress()));
        node.run(() -> {
            try (BpfTestBench bench = node.bench()) {
                int domains = SHARE + SHARE / 2;
                for (int domain = 0; domain < domains; domain++) {
                    share(
                            bench,
                            EXPORTER,
                            of(
                                    domain,
                                    new FlowMessage(false, 0).optionsTemplate().bytes()));
                }
                long refused = node.stats(true).notKept();
                // The daemon may correct the figure at any moment, by what has come in between.
                assertTrue(refused > SHARE / 4 && refused <= domains - SHARE, () -> refused + " refused");

                share(
                        bench,
                        OTHER,
                        of(7, new FlowMessage(false, 0).optionsTemplate().bytes()));
                share(bench, OTHER, of(7, new FlowMessage(false, 1).options(100).bytes()));
                assertEquals(refused, node.stats(true).notKept());
            }
        });
    }

    private static byte[] data(int record) {
        return new FlowMessage(false, record).data(record).bytes();
    }

    private static byte[] of(int domain, byte[] message) {
        ByteBuffer.wrap(message).putInt(DOMAIN_OFFSET, domain);
        return message;
    }

    /** Sends what all get, and awaits the copies; to which pod the message itself went. */
    private int share(BpfTestBench bench, InetSocketAddress exporter, byte[] message) {
        int to = node.send(bench, exporter, message, true);
        for (int pod = 0; pod < WalkNode.PODS; pod++) {
            if (pod != to) {
                assertTrue(node.copy(pod, exporter).isPresent(), "a copy is missing");
            }
        }
        return to;
    }
}
