package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.bindings.abi.endpoint.OriginKey;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ReconciledMap;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The map ORIGINS: where the datagrams of each endpoint had been sent to. */
public final class Origins {
    private static final Logger LOG = LoggerFactory.getLogger(Origins.class);

    private final ReconciledMap<OriginKey, OriginEntry> map;
    private final int mostEntries;
    private boolean wasFull;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    public Origins(KernelProgram program) {
        var origins = program.map(SharedMaps.ORIGINS);
        this.map = new ReconciledMap<>(origins);
        // Half of it: new ones are in the map before old ones go.
        this.mostEntries = origins.capacity() / 2;
    }

    /**
     * Makes the map hold exactly these. Of more than there is room for, the same ones stay each time; errors about the
     * others pass as they are.
     *
     * @param planned what is known, by endpoint: {@link OriginEntry#NONE} among them if nobody is to be told; taken
     *     over
     * @param isNotKnownYet whether the listener in a slot keeps what it has
     */
    public void set(Map<InetSocketAddress, Set<OriginEntry>> planned, IntPredicate isNotKnownYet) {
        map.inForce().forEach((key, origin) -> {
            if (isNotKnownYet.test(origin.slot())) {
                planned.computeIfAbsent(key.endpoint(), none -> new HashSet<>()).add(origin);
            }
        });
        Map<OriginKey, OriginEntry> wanted = numbered(planned);
        boolean isFull = wanted.size() > mostEntries;
        if (isFull && !wasFull) {
            LOG.atWarn()
                    .addKeyValue("endpoints", wanted.size())
                    .addKeyValue("room", mostEntries)
                    .log("ICMP errors about some endpoints are not translated: there are too many endpoints");
        }
        wasFull = isFull;
        map.set(isFull ? first(wanted) : wanted);
    }

    /**
     * As {@link #set}, for some endpoints only.
     *
     * @param endpoints whose entries are to be these; those of others stay
     * @param planned taken over
     * @return false if there may not be room, and nothing was done
     */
    public boolean setOf(
            Set<InetSocketAddress> endpoints,
            Map<InetSocketAddress, Set<OriginEntry>> planned,
            IntPredicate isNotKnownYet) {
        List<OriginKey> present = endpoints.stream()
                .flatMap(endpoint ->
                        IntStream.range(0, OriginKey.MAX_ORIGINS).mapToObj(before -> new OriginKey(endpoint, before)))
                .filter(map.inForce()::containsKey)
                .toList();
        for (OriginKey key : present) {
            OriginEntry origin = map.inForce().get(key);
            if (isNotKnownYet.test(origin.slot())) {
                planned.computeIfAbsent(key.endpoint(), none -> new HashSet<>()).add(origin);
            }
        }
        Map<OriginKey, OriginEntry> wanted = numbered(planned);
        if (wasFull || map.inForce().size() + wanted.size() > mostEntries) {
            return false;
        }
        map.putAll(wanted);
        map.removeAll(present.stream().filter(key -> !wanted.containsKey(key)).toList());
        return true;
    }

    private static final Comparator<OriginEntry> BY_PLACE = Comparator.comparingInt(OriginEntry::slot)
            .thenComparing(origin -> origin.address().getAddress(), Arrays::compare)
            .thenComparingInt(OriginEntry::port)
            .thenComparing(origin -> origin.entrance().toString());

    /** The same ones have the same places each time. */
    private static Map<OriginKey, OriginEntry> numbered(Map<InetSocketAddress, Set<OriginEntry>> origins) {
        Map<OriginKey, OriginEntry> numbered = new HashMap<>();
        origins.forEach((endpoint, all) -> {
            if (all.contains(OriginEntry.NONE) || all.size() > OriginKey.MAX_ORIGINS) {
                numbered.put(new OriginKey(endpoint, 0), OriginEntry.NONE);
                return;
            }
            List<OriginEntry> sorted = all.stream().sorted(BY_PLACE).toList();
            for (int before = 0; before < sorted.size(); before++) {
                numbered.put(new OriginKey(endpoint, before), sorted.get(before));
            }
        });
        return numbered;
    }

    private Map<OriginKey, OriginEntry> first(Map<OriginKey, OriginEntry> wanted) {
        Map<String, OriginKey> sorted = new TreeMap<>();
        wanted.keySet().forEach(key -> sorted.put(key.before() + " " + key.endpoint(), key));
        return sorted.values().stream().limit(mostEntries).collect(Collectors.toMap(key -> key, wanted::get));
    }
}
