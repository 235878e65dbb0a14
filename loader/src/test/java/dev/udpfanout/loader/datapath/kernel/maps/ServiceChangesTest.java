package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerBuilder;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.KernelDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where Services come, go and change, only what is said of those is written. After each change the maps hold just what
 * a comparison, which writes all, leaves in them.
 */
@Tag("kernel")
class ServiceChangesTest {
    private static final int PODS = 3;
    private static final int POD_PORT = 40514;
    private static final int SERVICES = 7;
    private static final int CHANGES = 60;
    private static final List<InetAddress> VIPS = IntStream.rangeClosed(1, 3)
            .mapToObj(n -> InetAddress.ofLiteral("10.77.0." + n))
            .toList();

    private Random random;
    private List<InetSocketAddress> pods;
    private final Map<String, ListenerConfig> present = new TreeMap<>();
    private final Map<String, EndpointSet> endpoints = new HashMap<>();
    private final Map<String, Set<InetAddress>> vips = new HashMap<>();

    private static String name(int number) {
        return "logging/service" + number;
    }

    /** Some are bound to what the program is told of by maps of their own, so that others depend on more than keys. */
    private ListenerConfig service(int number) {
        ListenerText text = ListenerText.on(List.of("eth0", "cni0"), "0.0.0.0:" + (5514 + number % 3))
                .with("name", "service" + number);
        if (number == 5) {
            text.with("allow", "[192.168.0.0/16]");
        }
        return ListenerBuilder.like(text.listener(pods))
                .name(name(number))
                .vipDirect(true)
                .build();
    }

    private <T> List<T> some(List<T> all) {
        return all.stream().filter(each -> random.nextBoolean()).toList();
    }

    private EndpointSet endpoints(String name) {
        return new EndpointSet(
                name,
                some(pods).stream()
                        .map(address -> new Endpoint(address.toString(), address))
                        .toList());
    }

    /** No two Services want one address and port. */
    private Set<InetAddress> vips(int number) {
        return number < 3 ? new HashSet<>(some(VIPS)) : Set.of(InetAddress.ofLiteral("10.78.0." + number));
    }

    /** The listeners of the file and of the Services that there are, with what is known of them. */
    private void configure(KernelDatapath datapath, List<ListenerConfig> file) {
        List<ListenerConfig> all = new ArrayList<>(file);
        all.addAll(present.values());
        Set<String> names = all.stream().map(ListenerConfig::name).collect(Collectors.toSet());
        Map<String, EndpointSet> known = new LinkedHashMap<>(endpoints);
        known.keySet().retainAll(names);
        Map<String, Set<InetAddress>> addresses = new HashMap<>(vips);
        addresses.keySet().retainAll(names);
        datapath.configure(all, new ListenerTargets(known, addresses));
    }

    private String change(KernelDatapath datapath, List<ListenerConfig> file) {
        int number = random.nextInt(SERVICES);
        String name = name(number);
        if (!present.containsKey(name)) {
            present.put(name, service(number));
            vips.put(name, vips(number));
            if (random.nextInt(3) > 0) {
                endpoints.put(name, endpoints(name));
            }
            configure(datapath, file);
            return "come " + name;
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                present.remove(name);
                endpoints.remove(name);
                configure(datapath, file);
                return "gone " + name;
            }
            case 1 -> {
                vips.put(name, vips(number));
                datapath.setVips(name, vips.get(name));
                return "other VIPs of " + name;
            }
            case 2 -> {
                present.keySet().removeIf(each -> random.nextBoolean());
                endpoints.keySet().removeIf(each -> each.startsWith("logging/") && !present.containsKey(each));
                present.put(name, service(number));
                endpoints.put(name, endpoints(name));
                configure(datapath, file);
                return "several";
            }
            default -> {
                datapath.together(() -> present.keySet().forEach(each -> {
                    endpoints.put(each, endpoints(each));
                    datapath.apply(endpoints.get(each));
                }));
                return "other endpoints";
            }
        }
    }

    private static Map<String, Map<?, ?>> maps(KernelProgram program) {
        return Map.of(
                "LISTENERS", program.map(SharedMaps.LISTENERS).entries(),
                "LISTENER_SETS", program.map(SharedMaps.LISTENER_SETS).entries(),
                "ORIGINS", program.map(SharedMaps.ORIGINS).entries(),
                "ALLOWED_SOURCES", program.map(SharedMaps.ALLOWED_SOURCES).entries());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldHoldWhatAComparisonLeaves(long seed) throws Exception {
        random = new Random(seed);
        try (Topology topology = Topology.builder().pods(PODS).build()) {
            pods = topology.podEndpoints(POD_PORT);
            List<ListenerConfig> file = List.of(
                    ListenerText.on("eth0", "0.0.0.0:514")
                            .with("name", "wildcard")
                            .listener(pods),
                    ListenerText.on("eth0", TopologyPlan.VIP + ":5514")
                            .with("name", "bound")
                            .listener(pods));
            file.forEach(each -> endpoints.put(each.name(), endpoints(each.name())));
            topology.node().call(() -> {
                KernelProgram program = KernelProgram.load(
                        KernelProgram.builtIn(), Optional.empty(), FlowsConfig.DEFAULT, Set.of(KernelProgram.REWRITE));
                KernelDatapath datapath =
                        new KernelDatapath(file, NetflowConfig.IN_MEMORY, program, Network.open(), Optional.empty());
                datapath.reconcile();
                configure(datapath, file);
                int most = 0;
                for (int number = 0; number < CHANGES; number++) {
                    String what = change(datapath, file);
                    Map<String, Map<?, ?>> written = maps(program);
                    datapath.reconcile();
                    Map<String, Map<?, ?>> compared = maps(program);
                    int at = number;
                    compared.forEach((map, entries) ->
                            assertEquals(entries, written.get(map), () -> map + " after change " + at + ": " + what));
                    most = Math.max(most, written.get("ORIGINS").size());
                }
                assertEquals(
                        Set.of(0L), Set.copyOf(datapath.repairs().values()), () -> "mended: " + datapath.repairs());
                assertTrue(most > 0, "there were origins");
                datapath.close();
                return null;
            });
        }
    }
}
