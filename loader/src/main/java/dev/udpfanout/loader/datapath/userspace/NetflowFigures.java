package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.loader.datapath.NetflowCounters;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a forwarder knows of exporters, in the terms of both datapaths. */
final class NetflowFigures {
    private NetflowFigures() {}

    static NetflowCounters of(Forwarder forwarder) {
        List<NetflowCounters.Exporter> exporters = NetflowCounters.exporters(forwarder.exporters());
        dev.udpfanout.forwarder.counter.NetflowCounters counters =
                forwarder.counters().netflow();
        Map<String, Long> told = new HashMap<>();
        counters.told().forEach((why, messages) -> told.put(why.name().toLowerCase(Locale.ROOT), messages));
        return new NetflowCounters(counters.templates(), counters.evictions(), counters.malformed(), told, exporters);
    }

    /** A listener's forwarder before a change, of which only the counts are left, and the one after it. */
    static Optional<NetflowCounters> sum(Optional<NetflowCounters> earlier, Optional<NetflowCounters> last) {
        if (earlier.isEmpty() || last.isEmpty()) {
            return last.or(() -> earlier.map(NetflowFigures::counts));
        }
        Map<String, Long> told = new HashMap<>(earlier.get().told());
        last.get().told().forEach((why, messages) -> told.merge(why, messages, Long::sum));
        return Optional.of(new NetflowCounters(
                last.get().templates(),
                earlier.get().evicted() + last.get().evicted(),
                earlier.get().malformed() + last.get().malformed(),
                told,
                last.get().exporters()));
    }

    private static NetflowCounters counts(NetflowCounters of) {
        return new NetflowCounters(0, of.evicted(), of.malformed(), of.told(), List.of());
    }
}
