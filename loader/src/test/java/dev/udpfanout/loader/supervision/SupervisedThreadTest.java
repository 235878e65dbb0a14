package dev.udpfanout.loader.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
@Timeout(60)
class SupervisedThreadTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final RestartPace QUICK =
            new RestartPace(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMinutes(1), 3);

    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch told = new CountDownLatch(1);
    private SupervisedThread thread;

    private void start(String name, Runnable work) {
        thread = new SupervisedThread("test-" + name, "test " + name, work, () -> told.getCount() == 0, QUICK);
        thread.start();
    }

    @AfterEach
    void end() {
        told.countDown();
        assertTrue(thread == null || thread.join(LONG));
    }

    private void awaitTold() {
        try {
            told.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long restarts(String name) {
        return ThreadSupervision.status().restarts().get("test-" + name);
    }

    @Test
    void shouldBeginAgainAfterAnExceptionAndAfterAnError() {
        start("begins", () -> {
            switch (runs.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("on purpose");
                case 2 -> throw new StackOverflowError();
                default -> awaitTold();
            }
        });

        Eventually.equal(3, runs::get);
        assertEquals(2, restarts("begins"));
    }

    @Test
    void shouldCountAsDeadWhenItFailsAgainAndAgain() {
        start("fails", () -> {
            throw new IllegalStateException("no luck");
        });

        Eventually.isTrue(
                () -> ThreadSupervision.status()
                        .dead()
                        .contains("test fails (java.lang.IllegalStateException: no luck)"),
                ThreadSupervision::status);
        int soFar = runs.get();
        assertTrue(thread.isAlive());
        told.countDown();
        assertTrue(thread.join(LONG));
        assertTrue(ThreadSupervision.status().dead().stream().noneMatch(each -> each.startsWith("test fails")));
        assertEquals(soFar, runs.get());
    }

    @Test
    void shouldEndWithoutAWordWhenItFailsBecauseItIsToEnd() {
        start("ends", () -> {
            awaitTold();
            throw new IllegalStateException("closed under it");
        });

        told.countDown();
        assertTrue(thread.join(LONG));
        assertEquals(0, restarts("ends"));
    }

    @Test
    void shouldWaitLongerAfterEachFailureUpToABound() {
        assertEquals(Duration.ofMillis(100), RestartPace.DEFAULT.afterFailures(1));
        assertEquals(Duration.ofMillis(400), RestartPace.DEFAULT.afterFailures(3));
        assertEquals(Duration.ofSeconds(10), RestartPace.DEFAULT.afterFailures(8));
        assertEquals(Duration.ofSeconds(10), RestartPace.DEFAULT.afterFailures(Integer.MAX_VALUE));
    }
}
