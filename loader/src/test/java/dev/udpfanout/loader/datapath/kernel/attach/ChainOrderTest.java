package dev.udpfanout.loader.datapath.kernel.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.HookProgram;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When we push before others, when we give in, and when we say that we are deaf. */
@Tag("unit")
class ChainOrderTest {
    /** No eBPF program: nobody can try it out. */
    private static final List<HookProgram> OTHERS = List.of(new HookProgram(0, "u32 at priority 1"));

    private long nowNanos;
    private final ChainOrder order = new ChainOrder(() -> nowNanos);

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    @Test
    void shouldGiveInForAsLongAsTheOtherIsThere() {
        for (int i = 0; i < ChainOrder.MAX_MOVES; i++) {
            assertTrue(order.mayMove());
            order.moved();
        }
        assertFalse(order.mayMove());
        assertTrue(order.leave(OTHERS), "said once");
        pass(ChainOrder.CALM.multipliedBy(10));
        assertFalse(order.leave(OTHERS), "and not again");
        assertFalse(order.mayMove(), "it is still there");
        order.isFirst();
        assertTrue(order.mayMove(), "it has gone");
    }

    @Test
    void shouldTakeABusyListenerThatFallsSilentForShadowed() {
        order.observe(1);
        order.leave(OTHERS);
        order.observe(1);
        assertEquals(List.of(), order.ending(), "not at once");
        pass(ChainOrder.SILENCE.plusSeconds(1));
        order.observe(1);
        assertEquals(OTHERS, order.ending());
        order.observe(2);
        assertEquals(List.of(), order.ending(), "it hears something");
    }

    @Test
    void shouldHoldNothingAgainstAnotherWhereNobodySends() {
        order.observe(1);
        pass(ChainOrder.SILENCE.plusSeconds(1));
        order.observe(1);
        order.leave(OTHERS);
        pass(ChainOrder.SILENCE.plusSeconds(1));
        order.observe(1);
        assertEquals(List.of(), order.ending());
    }
}
