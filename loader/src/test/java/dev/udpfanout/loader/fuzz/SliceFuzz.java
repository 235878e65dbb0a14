package dev.udpfanout.loader.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.kubernetes.discovery.SlicesRead;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A target of {@code make fuzz}: EndpointSlices from the API server's answer to the endpoint sets of all policies.
 * Whatever the answer, the client refuses it as a whole or there are endpoints that can be sent to.
 */
public final class SliceFuzz {
    private static final int SEEDS = 20;
    private static final int SEED_BYTES = 600;
    private static final KubernetesSerialization JSON = new KubernetesSerialization();
    private static final List<Port> PORTS = List.of(new Port.Name("syslog"), new Port.Number(5514));
    private static final List<ReceiverSet> RECEIVERS = receivers();
    private static final EndpointSelection SELECTION = new EndpointSelection("node-a", Optional.of("zone"));

    private SliceFuzz() {}

    private static List<ReceiverSet> receivers() {
        try {
            Config config = new ConfigReader(name -> true).parse("""
                    listeners:
                      - { bind: "10.255.0.1:1", interface: dummy0, kubernetes: { service: s, port: 1 } }
                      - { bind: "10.255.0.1:2", interface: dummy0, policy: weighted, prefer: same_node,
                          kubernetes: { service: s, port: 1 } }
                      - { bind: "10.255.0.1:3", interface: dummy0, policy: hash, prefer: same_zone,
                          kubernetes: { service: s, port: 1 } }
                    """, "fuzz.yaml");
            return ListenerConfig.receiverSets(config.listeners());
        } catch (InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What to begin with: anything, as long as there is enough of it for some slices. */
    static List<byte[]> seeds() {
        Random random = new Random(1);
        return Stream.generate(() -> {
                    byte[] seed = new byte[SEED_BYTES];
                    random.nextBytes(seed);
                    return seed;
                })
                .limit(SEEDS)
                .toList();
    }

    /** Loads what the first input needs, whose time counts, and which Jazzer changes while it is loaded. */
    public static void fuzzerInitialize() {
        for (boolean isBeta : new boolean[] {true, false}) {
            SlicesRead.endpoints(parsed("{\"items\":[{\"metadata\":{},\"endpoints\":[]}]}", isBeta), PORTS.getFirst());
        }
    }

    /** Tries one input. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        boolean isBeta = data.consumeBoolean();
        Port port = data.pickValue(PORTS);
        boolean isText = data.consumeBoolean() && data.consumeBoolean();
        String json = isText ? data.consumeRemainingAsString() : new SliceJson(data).list(isBeta ? "v1beta1" : "v1");
        for (DiscoveredEndpoint endpoint : SlicesRead.endpoints(parsed(json, isBeta), port)) {
            if (endpoint.address().isUnresolved() || endpoint.address().getPort() < 1) {
                throw new IllegalStateException("nobody can send to " + endpoint + ", of " + json);
            }
        }
        List<DiscoveredEndpoint> known = SlicesRead.endpoints(parsed(json, isBeta), port);
        for (ReceiverSet set : RECEIVERS) {
            EndpointSet selected = SELECTION.select(set, known, Set.of(), HealthConfig.OnAllUnhealthy.FORWARD);
            if (selected.endpoints().size() > known.size()) {
                throw new IllegalStateException("more endpoints than there are, of " + json);
            }
        }
    }

    private static List<? extends HasMetadata> parsed(String json, boolean isBeta) {
        try {
            KubernetesResourceList<? extends HasMetadata> list = isBeta
                    ? JSON.unmarshal(json, io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSliceList.class)
                    : JSON.unmarshal(json, EndpointSliceList.class);
            return list == null || list.getItems() == null ? List.of() : list.getItems();
        } catch (RuntimeException e) {
            // The client's own, for what is neither JSON nor YAML: it fails the request, which is tried again later.
            return List.of();
        }
    }
}
