package dev.udpfanout.bindings.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class NamespaceLockTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** More than the lock's socket has room for: it accepts nobody. */
    private static final int MANY = 20;

    private final int self = (int) ProcessHandle.current().pid();
    private final String name = "udp-fanout-lock-test-" + self + "-" + System.nanoTime();

    @Test
    void shouldSayAtOnceThatItIsHeldHoweverManyHaveAsked() throws Exception {
        NamespaceLock held = NamespaceLock.acquire(name);
        assertEquals(Optional.of(self), NamespaceLock.holder(name));
        assertTimeoutPreemptively(LIMIT, () -> {
            for (int i = 0; i < MANY; i++) {
                assertTrue(NamespaceLock.holder(name).isPresent(), "asked " + i + " times before");
                assertThrows(NamespaceLock.HeldException.class, () -> NamespaceLock.acquire(name));
            }
        });
        held.close();
        assertEquals(Optional.empty(), NamespaceLock.holder(name));
        NamespaceLock.acquire(name).close();
    }
}
