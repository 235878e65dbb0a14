package dev.udpfanout.loader.datapath.network;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts repairs and logs each. */
public final class RepairLog {
    private static final Logger LOG = LoggerFactory.getLogger(RepairLog.class);

    private final Map<Repair, LongAdder> counts = new EnumMap<>(Repair.class);

    public RepairLog() {
        for (Repair repair : Repair.values()) {
            counts.put(repair, new LongAdder());
        }
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
        LOG.atWarn()
                .addKeyValue(kind, name)
                .addKeyValue("finding", repair.finding())
                .addKeyValue("repair", repair.label())
                .addKeyValue("repairs", count.sum())
                .log("repaired datapath");
    }

    /** How often each has happened, by the repair's label; readable by any thread. */
    public Map<String, Long> byLabel() {
        return counts().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().label(), Map.Entry::getValue));
    }

    /** How often each has happened; readable by any thread. */
    public Map<Repair, Long> counts() {
        Map<Repair, Long> snapshot = new EnumMap<>(Repair.class);
        counts.forEach((repair, count) -> snapshot.put(repair, count.sum()));
        return snapshot;
    }
}
