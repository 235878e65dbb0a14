package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.yaml.FileContent;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** The inbox against a model that keeps every event that was posted. */
@Tag("unit")
class InboxPropertyTest {
    /** One event of each kind and listener at the most. */
    private static final int KINDS = 7;

    private static final Duration AT_ONCE = Duration.ZERO;

    /** A step: an event is posted, or, if there is none, all are taken. */
    @Provide
    Arbitrary<List<Optional<Event>>> steps() {
        Arbitrary<String> listener = Arbitraries.of("syslog", "netflow");
        Arbitrary<Long> nanos = Arbitraries.longs().between(0, 1_000);
        Arbitrary<Event> discovered =
                Combinators.combine(listener, nanos).as((name, at) -> new Event.Discovered(name, List.of(), at));
        Arbitrary<Event> vips = Combinators.combine(listener, nanos)
                .as((name, at) -> new Event.Vips(name, Set.of(InetAddress.getLoopbackAddress()), at));
        Arbitrary<Event> file = Combinators.combine(Arbitraries.of("a", "b"), nanos)
                .as((text, at) -> new Event.FileChanged(FileContent.of(text), at));
        Arbitrary<Event> other =
                nanos.flatMap(at -> Arbitraries.of(new Event.NetworkChanged(at), new Event.HealthChanged(at)));
        return Arbitraries.oneOf(discovered, vips, file, other)
                .optional(0.85)
                .list()
                .ofMaxSize(40);
    }

    private static List<Event> expected(List<Event> posted) {
        Map<Object, Event> latest = new LinkedHashMap<>();
        for (Event event : posted) {
            long first = posted.stream()
                    .filter(each -> each.key().equals(event.key()))
                    .findFirst()
                    .orElseThrow()
                    .atNanos();
            latest.remove(event.key());
            latest.put(event.key(), event.since(first));
        }
        return List.copyOf(latest.values());
    }

    @Property
    void shouldGiveTheLatestOfEachKindWithTheTimeOfTheFirst(@ForAll("steps") List<Optional<Event>> steps) {
        Inbox inbox = new Inbox();
        List<Event> posted = new ArrayList<>();
        for (Optional<Event> step : steps) {
            step.ifPresent(event -> {
                inbox.post(event);
                posted.add(event);
            });
            if (step.isEmpty()) {
                List<Event> taken = inbox.take(AT_ONCE);
                assertEquals(expected(posted), taken);
                assertTrue(taken.size() <= KINDS);
                posted.clear();
            }
        }
        assertEquals(expected(posted), inbox.take(AT_ONCE));
        assertEquals(List.of(), inbox.take(AT_ONCE));
    }

    @Example
    void shouldReturnAtOnceWhenStopped() {
        Inbox inbox = new Inbox();
        inbox.stop();
        assertEquals(List.of(), inbox.take(Duration.ofDays(1)));
        assertTrue(inbox.isStopped());
    }

    @Example
    void shouldWaitAgainWhenTheStopHasBeenTold() throws InterruptedException {
        Inbox inbox = new Inbox();
        inbox.stop();
        inbox.take(Duration.ofDays(1));
        List<Event> taken = new ArrayList<>();
        Thread taker = Thread.ofPlatform().start(() -> taken.addAll(inbox.take(Duration.ofDays(1))));
        // Either it waits already or it finds the event there: without waiting it would come back with nothing.
        while (taker.isAlive() && taker.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        Event event = new Event.NetworkChanged(1);
        inbox.post(event);
        taker.join();
        assertEquals(List.of(event), taken);
    }
}
