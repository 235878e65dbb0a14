package dev.udpfanout.loader.drops;

import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which endpoint a counter is of, from the map that the daemon has pinned; the daemon need not be alive. */
public final class PinnedNames {
    private static final long AGE_NS = 1_000_000_000;

    private final Path directory;
    private Map<Integer, InetSocketAddress> endpoints = Map.of();
    private long readAtNs = System.nanoTime() - AGE_NS;

    /** @param directory where the daemon pins its maps */
    public PinnedNames(Path directory) {
        this.directory = directory;
    }

    /** Empty for 0, if nothing is pinned, or if the endpoint is no more. */
    public Optional<InetSocketAddress> endpoint(int counter) {
        if (counter == 0) {
            return Optional.empty();
        }
        // The map may have thousands of entries: read it once a second at most.
        if (!endpoints.containsKey(counter) && System.nanoTime() - readAtNs >= AGE_NS) {
            endpoints = read();
            readAtNs = System.nanoTime();
        }
        return Optional.ofNullable(endpoints.get(counter));
    }

    private Map<Integer, InetSocketAddress> read() {
        try {
            Optional<BpfMap> pinned = BpfMap.openPinned(Pins.map(directory, SharedMaps.ENDPOINT_IDS.name()));
            if (pinned.isEmpty()) {
                return Map.of();
            }
            try (BpfMap map = pinned.get()) {
                Map<Integer, InetSocketAddress> byCounter = new HashMap<>();
                for (Map.Entry<EndpointCounterKey, Integer> entry :
                        SharedMaps.ENDPOINT_IDS.open(map).entries().entrySet()) {
                    byCounter.put(entry.getValue(), entry.getKey().endpoint());
                }
                return byCounter;
            }
        } catch (SystemCallException e) {
            return Map.of();
        }
    }
}
