package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.ReplyLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many flows the limit of open files allows. */
@Tag("unit")
class FlowBudgetTest {
    private static ReplyLimits flows(int count) {
        return new ReplyLimits(count, Duration.ofSeconds(60));
    }

    @Test
    void shouldShareOutWhatIsLeftByTheReserveAndByOthers() {
        int usable = 4096 - 512;
        FlowBudget first = FlowBudget.take(flows(1000), 4, 4096);
        assertEquals(250, first.share().maxFlows());
        FlowBudget second = FlowBudget.take(flows(10_000), 2, 4096);
        int seconds = (usable - 1000) / 2;
        assertEquals(seconds / 2, second.share().maxFlows());
        FlowBudget third = FlowBudget.take(flows(10_000), 1, 4096);
        assertEquals((usable - 1000 - seconds) / 2, third.share().maxFlows());
        third.giveBack();
        second.giveBack();
        second.giveBack();
        FlowBudget fourth = FlowBudget.take(flows(10_000), 2, 4096);
        assertEquals(seconds / 2, fourth.share().maxFlows(), "what was given back, and that once");
        fourth.giveBack();
        first.giveBack();
    }

    @Test
    void shouldGiveEveryWorkerAFlow() {
        FlowBudget budget = FlowBudget.take(flows(1), 4, 4096);
        assertEquals(1, budget.share().maxFlows());
        budget.giveBack();
    }

    @Test
    void shouldNameTheLimitWhenNothingIsLeft() {
        ForwarderException refusal = assertThrows(ForwarderException.class, () -> FlowBudget.take(flows(10), 2, 257));
        assertTrue(refusal.getMessage().contains("257"), refusal::getMessage);
        assertTrue(refusal.getMessage().contains("RLIMIT_NOFILE"), refusal::getMessage);
    }

    @Test
    void shouldReadTheLimitOfThisProcess() throws IOException {
        assertTrue(OpenFileLimit.read() >= 256);
        assertEquals(
                1024,
                OpenFileLimit.parse(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units",
                        "Max open files            1024                 524288               files     ")));
        assertEquals(
                Integer.MAX_VALUE,
                OpenFileLimit.parse(List.of("Max open files            unlimited            unlimited       files ")));
        assertThrows(IOException.class, () -> OpenFileLimit.parse(List.of()));
    }
}
