package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfigs;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** The plan against a model that asks, of every key that could be, whose it is. */
@Tag("unit")
class ListenerKeyPlanPropertyTest {
    private static final List<Integer> INTERFACES = List.of(2, 3);
    private static final List<Integer> PORTS = List.of(514, 5514);
    private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");
    private static final List<InetAddress> ADDRESSES = IntStream.rangeClosed(1, 4)
            .mapToObj(host -> InetAddress.ofLiteral("192.168.1." + host))
            .toList();

    /** A listener as the plan is told of it. */
    private record Told(
            ListenerConfig config,
            int slot,
            int ifindex,
            Optional<Set<InetAddress>> vips,
            Optional<EndpointSet> endpoints) {
        int port() {
            return config.bind().getPort();
        }

        ListenerEntry entry() {
            return new ListenerEntry(slot, slot % 2 == 0 ? Set.of() : Set.of(ListenerFlag.ALLOW));
        }

        private boolean isOn(ListenerKey key) {
            return key.ifindex() == ifindex && key.port() == port();
        }

        /** Whether it surely takes datagrams for an address. */
        boolean owns(ListenerKey key) {
            return isOn(key)
                    && (config.vipDirect()
                            ? vips.isPresent() && vips.get().contains(key.address())
                            : key.address().equals(config.bind().getAddress()));
        }

        /** What it makes of a key that nobody owns. */
        Optional<ListenerEntry> wants(
                ListenerKey key, Map<ListenerKey, ListenerEntry> inForce, Set<InetAddress> local) {
            boolean mayPass = config.isWildcard();
            ListenerEntry entry = mayPass ? ListenerEntry.pass(slot) : entry();
            boolean isKnown = mayPass ? endpoints.isPresent() : !config.vipDirect() || vips.isPresent();
            InetSocketAddress itself = new InetSocketAddress(key.address(), key.port());
            boolean wanted = isKnown
                    ? mayPass
                            && local.contains(key.address())
                            && endpoints.get().endpoints().stream()
                                    .anyMatch(each -> each.address().equals(itself))
                    : inForce.containsKey(key)
                            && inForce.get(key).slot() == slot
                            && inForce.get(key).isPass() == mayPass;
            return isOn(key) && wanted ? Optional.of(entry) : Optional.empty();
        }
    }

    private static Map<ListenerKey, ListenerEntry> expected(
            List<Told> listeners, Map<ListenerKey, ListenerEntry> inForce, Set<InetAddress> local) {
        Map<ListenerKey, ListenerEntry> expected = new HashMap<>();
        for (ListenerKey key : allKeys()) {
            listeners.stream()
                    .filter(each -> each.owns(key))
                    .findFirst()
                    .map(Told::entry)
                    .or(() -> listeners.stream()
                            .flatMap(each -> each.wants(key, inForce, local).stream())
                            .findFirst())
                    .ifPresent(entry -> expected.put(key, entry));
        }
        return expected;
    }

    private static List<ListenerKey> allKeys() {
        List<ListenerKey> keys = new ArrayList<>();
        for (int ifindex : INTERFACES) {
            for (int port : PORTS) {
                keys.add(new ListenerKey(ifindex, ANY, port));
                ADDRESSES.forEach(address -> keys.add(new ListenerKey(ifindex, address, port)));
            }
        }
        return keys;
    }

    @Provide
    Arbitrary<Map<ListenerKey, ListenerEntry>> inForce() {
        Arbitrary<ListenerEntry> entry = Combinators.combine(
                        Arbitraries.integers().between(0, 5), Arbitraries.subsetOf(ListenerFlag.values()))
                .as(ListenerEntry::new);
        return Arbitraries.maps(Arbitraries.of(allKeys()), entry);
    }

    @Provide
    Arbitrary<Set<InetAddress>> local() {
        return Arbitraries.subsetOf(ADDRESSES);
    }

    /** What a checked configuration can hold: no two that take the same, and so at most one VIP-direct one a port. */
    @Provide
    Arbitrary<List<Told>> listeners() {
        Arbitrary<InetAddress> bind = Arbitraries.of(ANY, ADDRESSES.get(0), ADDRESSES.get(1));
        Arbitrary<ListenerConfig> exact = Combinators.combine(bind, Arbitraries.of(PORTS))
                .as((address, port) -> ListenerConfigs.at(new InetSocketAddress(address, port), false));
        Arbitrary<ListenerConfig> direct =
                Arbitraries.of(PORTS).map(port -> ListenerConfigs.at(new InetSocketAddress(ANY, port), true));
        Arbitrary<Optional<EndpointSet>> endpoints = Combinators.combine(
                        Arbitraries.of(ADDRESSES), Arbitraries.of(PORTS))
                .as((address, port) -> new Endpoint("pod", new InetSocketAddress(address, port)))
                .list()
                .ofMaxSize(4)
                .map(list -> new EndpointSet("syslog", list))
                .optional();
        return Combinators.combine(
                        Arbitraries.oneOf(exact, direct),
                        Arbitraries.of(INTERFACES),
                        // VIPs that are nobody's bind address: MetalLB gives them out, a node has them not.
                        Arbitraries.subsetOf(ADDRESSES.subList(2, 4)).optional(),
                        endpoints)
                .as((config, ifindex, vips, set) -> new Told(config, 0, ifindex, vips, set))
                .list()
                .ofMaxSize(5)
                .uniqueElements(
                        told -> List.of(told.config().vipDirect(), told.config().bind(), told.ifindex()))
                .map(list -> IntStream.range(0, list.size())
                        .mapToObj(slot -> new Told(
                                list.get(slot).config(),
                                slot,
                                list.get(slot).ifindex(),
                                list.get(slot).vips(),
                                list.get(slot).endpoints()))
                        .toList());
    }

    @Property
    void shouldPlanWhatTheModelSays(
            @ForAll("listeners") List<Told> listeners,
            @ForAll("inForce") Map<ListenerKey, ListenerEntry> inForce,
            @ForAll("local") Set<InetAddress> local) {
        ListenerKeyPlan plan = new ListenerKeyPlan(inForce, local);
        listeners.forEach(each -> plan.add(each.config(), each.entry(), each.ifindex(), each.vips(), each.endpoints()));
        assertEquals(expected(listeners, inForce, local), plan.entries());
    }
}
