package dev.udpfanout.forwarder.counter;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What is known and was counted of NetFlow v9 and IPFIX.
 *
 * @param exporters observation domains of exporters of which there are templates
 * @param templates that are remembered
 * @param evictions of templates for want of room
 * @param malformed messages whose lengths lie
 * @param told messages of templates that were sent, each endpoint's; every reason, also at 0
 */
public record NetflowCounters(long exporters, long templates, long evictions, long malformed, Map<Telling, Long> told) {
    public static final NetflowCounters ZERO = new NetflowCounters(0, 0, 0, 0, Map.of());

    /** Why an endpoint was sent a message of templates. */
    public enum Telling {
        /** As the exporter has sent it. */
        COPIED,
        /** The exporter's message had records, too, which another endpoint got. */
        CUT,
        /** The endpoint has joined. */
        JOINED,
        /** The endpoint had missed one, because the kernel had not sent it. */
        RETRIED,
        /** At an interval: the endpoint may have restarted unnoticed. */
        RETOLD
    }

    public NetflowCounters {
        Map<Telling, Long> all = new EnumMap<>(Telling.class);
        for (Telling why : Telling.values()) {
            all.put(why, told.getOrDefault(why, 0L));
        }
        told = Collections.unmodifiableMap(all);
    }

    /** Messages that were sent for one reason. */
    public long told(Telling why) {
        return told.get(why);
    }

    public NetflowCounters plus(NetflowCounters other) {
        Map<Telling, Long> all = new EnumMap<>(told);
        other.told.forEach((why, messages) -> all.merge(why, messages, Long::sum));
        return new NetflowCounters(
                exporters + other.exporters,
                templates + other.templates,
                evictions + other.evictions,
                malformed + other.malformed,
                all);
    }
}
