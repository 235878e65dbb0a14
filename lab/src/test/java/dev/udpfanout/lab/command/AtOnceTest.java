package dev.udpfanout.lab.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
class AtOnceTest {
    @Test
    @Timeout(10)
    void shouldRunAsManyAtATimeAsAreAllowed() {
        CyclicBarrier both = new CyclicBarrier(2);
        Set<Integer> done = ConcurrentHashMap.newKeySet();

        boolean isWhole = AtOnce.run(2, List.of(1, 2, 3, 4), part -> {
            meet(both);
            done.add(part);
        });

        assertTrue(isWhole);
        assertEquals(Set.of(1, 2, 3, 4), done);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(5, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldSayWhyAPartHasFailed() {
        UnsupportedOperationException reason = new UnsupportedOperationException("no moon");

        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> AtOnce.run(1, List.of(1), part -> {
                    throw reason;
                }));

        assertEquals(reason, failure.getCause());
    }

    @Test
    void shouldNotBeginTheRestWhenInterrupted() {
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        Thread waiting = Thread.currentThread();

        boolean isWhole = AtOnce.run(1, List.of(1, 2, 3), part -> {
            begun.add(part);
            waiting.interrupt();
            sleepUntilInterrupted();
        });

        assertFalse(isWhole);
        assertTrue(Thread.interrupted());
        assertEquals(Set.of(1), begun);
    }

    private static void sleepUntilInterrupted() {
        try {
            new CyclicBarrier(2).await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            Thread.currentThread().interrupt();
        }
    }
}
