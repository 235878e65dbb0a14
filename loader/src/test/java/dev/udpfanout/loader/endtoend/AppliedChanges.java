package dev.udpfanout.loader.endtoend;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.loader.SequenceTraffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at {@code /status} again and again, and notes from which number of the traffic on a change is surely in force.
 * A change is known by its number, which is in the name of an endpoint that is always there.
 */
final class AppliedChanges implements AutoCloseable {
    private static final String PREFIX = "change-";
    private static final Duration PAUSE = Duration.ofMillis(3);

    private final SequenceTraffic traffic;
    private final Thread thread;
    private final ConcurrentSkipListMap<Integer, Long> firstUnsent = new ConcurrentSkipListMap<>();
    private volatile boolean stopping;

    AppliedChanges(LabNamespace node, SequenceTraffic traffic) {
        this.traffic = traffic;
        this.thread = node.thread("applied-changes", this::watch);
        thread.start();
    }

    /** The name of the endpoint that is always there, after a change. */
    static String name(int change) {
        return PREFIX + change;
    }

    private void watch() {
        try {
            while (!stopping) {
                String status = AdminClient.fetch("/status");
                // After the page, which the daemon made after the change was in force.
                long next = traffic.next();
                AdminClient.endpoints(status).stream()
                        .map(AdminClient.Endpoint::name)
                        .filter(name -> name.startsWith(PREFIX))
                        .forEach(name ->
                                firstUnsent.putIfAbsent(Integer.parseInt(name.substring(PREFIX.length())), next));
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The first number that was surely sent with the change, or a later one, in force; none if it has not been seen to
     * be.
     */
    OptionalLong of(int change) {
        Map.Entry<Integer, Long> seen = firstUnsent.ceilingEntry(change);
        return seen == null ? OptionalLong.empty() : OptionalLong.of(seen.getValue());
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        thread.join();
    }
}
