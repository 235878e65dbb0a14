package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.bindings.abi.endpoint.OriginKey;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ReconciledMap;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
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
     * @param planned what is known
     * @param isNotKnownYet whether the listener in a slot keeps what it has
     */
    public void set(Map<OriginKey, OriginEntry> planned, IntPredicate isNotKnownYet) {
        Map<OriginKey, OriginEntry> wanted = new HashMap<>(planned);
        map.inForce().forEach((endpoint, origin) -> {
            if (isNotKnownYet.test(origin.slot())) {
                wanted.putIfAbsent(endpoint, origin);
            }
        });
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

    private Map<OriginKey, OriginEntry> first(Map<OriginKey, OriginEntry> wanted) {
        Map<String, OriginKey> sorted = new TreeMap<>();
        wanted.keySet().forEach(key -> sorted.put(key.endpoint().toString(), key));
        return sorted.values().stream().limit(mostEntries).collect(Collectors.toMap(key -> key, wanted::get));
    }
}
