package dev.udpfanout.bindings.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class NftablesKernelTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String ADD_TABLE =
            "{\"nftables\":[{\"add\":{\"table\":{\"family\":\"inet\",\"name\":\"%s\"}}}]}";
    private static final String LIST = "{\"nftables\":[{\"list\":{\"tables\":null}}]}";

    private static TestNamespace namespace;
    private static Nftables nftables;

    @BeforeAll
    static void open() {
        namespace = TestNamespace.create();
        nftables = namespace.run(Nftables::open);
    }

    @AfterAll
    static void close() {
        nftables.close();
        namespace.close();
    }

    @Test
    void shouldHaveAnotherGenerationWhenTheRulesetHasChanged() {
        int before = nftables.generation();
        assertEquals(before, nftables.generation());
        nftables.run(ADD_TABLE.formatted("one"));
        assertNotEquals(before, nftables.generation());
        assertTrue(nftables.run(LIST).contains("\"one\""), () -> nftables.run(LIST));
    }

    @Test
    void shouldChangeNothingWhenOneOfSeveralCommandsFails() {
        String commands = "{\"nftables\":[{\"add\":{\"table\":{\"family\":\"inet\",\"name\":\"half\"}}},"
                + "{\"delete\":{\"table\":{\"family\":\"inet\",\"name\":\"none\"}}}]}";
        NftablesException refused = assertThrows(NftablesException.class, () -> nftables.run(commands));
        assertTrue(refused.getMessage().contains("No such file or directory"), refused::getMessage);
        assertFalse(nftables.run(LIST).contains("half"));
    }

    @Test
    void shouldTellOfAChangeThatSomebodyElseMakes() {
        try (RulesetMonitor monitor = namespace.run(RulesetMonitor::open)) {
            assertFalse(monitor.awaitChange(Duration.ZERO));
            nftables.run(ADD_TABLE.formatted("two"));
            assertTrue(monitor.awaitChange(LIMIT));
            assertFalse(monitor.awaitChange(Duration.ZERO), "one change is told of once");
        }
    }

    @Test
    void shouldEndAWaitWhenTheMonitorIsClosed() throws Exception {
        RulesetMonitor monitor = namespace.run(RulesetMonitor::open);
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                monitor.awaitChange(Duration.ofMinutes(1));
            } catch (IllegalStateException e) {
                // It was closed before it waited.
            }
        });
        monitor.close();
        assertTrue(waiting.join(LIMIT), "it still waits");
    }
}
