package dev.udpfanout.loader.datapath.network;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts repairs and logs each, with the time for which at most the thing was gone: since all was last seen as it
 * should be.
 */
public final class RepairLog {
    private static final Logger LOG = LoggerFactory.getLogger(RepairLog.class);

    private static final long NEVER = 0;

    private final Map<Repair, LongAdder> counts = new EnumMap<>(Repair.class);
    private final Map<Repair, LongAdder> outagesNanos = new EnumMap<>(Repair.class);
    /** For the thread that repairs. */
    private long intactNanos = NEVER;

    public RepairLog() {
        for (Repair repair : Repair.values()) {
            counts.put(repair, new LongAdder());
            outagesNanos.put(repair, new LongAdder());
        }
    }

    /** All is as it should be at this moment. */
    public void seenIntact() {
        intactNanos = System.nanoTime();
    }

    public void repaired(Repair repair, String interfaceName) {
        repaired(repair, "interface", interfaceName);
    }

    /**
     * Counts a repair, and logs it.
     *
     * @param kind of what was mended, for the log
     * @param name of what was mended
     */
    public void repaired(Repair repair, String kind, String name) {
        LongAdder count = counts.get(repair);
        count.increment();
        long outageNanos = intactNanos == NEVER ? 0 : System.nanoTime() - intactNanos;
        outagesNanos.get(repair).add(outageNanos);
        LOG.atWarn()
                .addKeyValue(kind, name)
                .addKeyValue("finding", repair.finding())
                .addKeyValue("repair", repair.label())
                .addKeyValue("repairs", count.sum())
                .addKeyValue("gone_at_most_ms", Duration.ofNanos(outageNanos).toMillis())
                .log("repaired datapath");
    }

    /** How often each has happened, by the repair's label; readable by any thread. */
    public Map<String, Long> byLabel() {
        return counts().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().label(), Map.Entry::getValue));
    }

    /** How long, at most, what was repaired had been gone, all times together, by the repair's label; any thread. */
    public Map<String, Duration> outages() {
        return outagesNanos.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().label(),
                        entry -> Duration.ofNanos(entry.getValue().sum())));
    }

    /** How often each has happened; readable by any thread. */
    public Map<Repair, Long> counts() {
        Map<Repair, Long> snapshot = new EnumMap<>(Repair.class);
        counts.forEach((repair, count) -> snapshot.put(repair, count.sum()));
        return snapshot;
    }
}
