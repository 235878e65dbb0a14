package dev.udpfanout.loader.kubernetes.watch;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why something does not work, for the log: each reason is said when it comes up, as the first one may not be the one
 * that lasts, but not at each attempt. Belongs to one thread.
 */
public final class Outage {
    /** Reasons that take turns are said this often, no more. */
    private static final long REPEAT_NANOS = Duration.ofMinutes(1).toNanos();

    private static final int MOST_REASONS = 16;

    private final Map<String, Long> saidAtNanos = new LinkedHashMap<>();
    private String current = "";

    /** Takes note of a reason, and says whether it is to be logged. */
    public boolean isNews(String reason, long nowNanos) {
        if (reason.equals(current)) {
            return false;
        }
        Long before = saidAtNanos.get(reason);
        if (before != null && nowNanos - before < REPEAT_NANOS) {
            return false;
        }
        current = reason;
        saidAtNanos.remove(reason);
        saidAtNanos.put(reason, nowNanos);
        if (saidAtNanos.size() > MOST_REASONS) {
            saidAtNanos.remove(saidAtNanos.keySet().iterator().next());
        }
        return true;
    }

    /** All is well. Says whether there was an outage, of which something was logged. */
    public boolean end() {
        boolean was = !current.isEmpty();
        current = "";
        saidAtNanos.clear();
        return was;
    }
}
