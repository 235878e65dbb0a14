package dev.udpfanout.loader.datapath.way;

import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.SelectiveRoute;
import dev.udpfanout.bindings.rtnetlink.rule.Rule;
import dev.udpfanout.bindings.rtnetlink.rule.Rule.Condition;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the program may keep the way to an endpoint for all senders together. It may as long as nothing in the
 * routing looks at the sender: then bpf_fib_lookup gives all of them the same answer. Interface, destination address
 * and port stay in its question, and its mark, user and tunnel are always 0 (bpf_ipv4_fib_lookup, net/core/filter.c),
 * so what looks at those, a VRF's rule among them, does not matter. Belongs to the control loop's thread.
 */
public final class KeptWays {
    /** What {@link #of} says where nothing looks at the sender. */
    public static final String BY_ENDPOINT = "by endpoint";

    private static final Logger LOG = LoggerFactory.getLogger(KeptWays.class);

    private static final Set<Condition> OF_SENDER =
            Set.of(Condition.TOS, Condition.SOURCE_PORT, Condition.FLOW_LABEL, Condition.UNKNOWN);

    private final Map<String, String> kept = new HashMap<>();
    private List<Rule> rules = List.of();
    private List<SelectiveRoute> selective = List.of();
    private List<Route> routes = List.of();

    /** Learns the rules and routes of the network. */
    public void read(Network network) {
        rules = network.rules().all();
        selective = network.routes().selective();
        routes = selective.isEmpty() ? List.of() : network.routes().all();
    }

    /**
     * Whether the ways to a listener's endpoints are the same for all senders. Logged when that changes.
     *
     * @param endpoints addresses of all, of one family, and of the mirror's; empty if some are not known yet
     */
    public boolean areByEndpoint(String listener, boolean isIpv4, Optional<Collection<InetAddress>> endpoints) {
        Optional<String> reason = byRule(isIpv4).or(() -> byRoute(isIpv4, endpoints));
        String now = reason.map(why -> "by client (" + why + ")").orElse(BY_ENDPOINT);
        String before = kept.put(listener, now);
        if (!now.equals(before) && (before != null || reason.isPresent())) {
            LOG.atInfo().addKeyValue("listener", listener).log("the ways to endpoints are kept {}", now);
        }
        return reason.isEmpty();
    }

    /** How a listener's ways are kept, for people; empty if nobody has asked. */
    public String of(String listener) {
        return kept.getOrDefault(listener, "");
    }

    private Optional<String> byRule(boolean isIpv4) {
        return rules.stream()
                .filter(rule -> rule.isIpv4() == isIpv4)
                .flatMap(
                        rule -> lookAtSender(rule)
                                .map(what -> "rule " + Integer.toUnsignedString(rule.priority()) + " looks at " + what)
                                .stream())
                .findFirst();
    }

    private static Optional<String> lookAtSender(Rule rule) {
        if (rule.source().isPresent()) {
            return Optional.of("the source");
        }
        return rule.looksAt().stream()
                .filter(OF_SENDER::contains)
                .sorted()
                .map(Condition::words)
                .findFirst();
    }

    private Optional<String> byRoute(boolean isIpv4, Optional<Collection<InetAddress>> endpoints) {
        return selective.stream()
                .filter(route -> route.destination() instanceof Inet4Address == isIpv4)
                .filter(route -> endpoints.isEmpty()
                        || endpoints.get().stream().anyMatch(endpoint -> mayLeadTo(route, endpoint)))
                .map(route -> "the route to " + route.destination().getHostAddress() + "/" + route.prefixLength()
                        + " looks at " + route.looksAt().words())
                .findFirst();
    }

    /** A route does not matter where a longer prefix leads, as long as the rules ask no other table before. */
    private boolean mayLeadTo(SelectiveRoute route, InetAddress endpoint) {
        if (!covers(route.destination(), route.prefixLength(), endpoint)) {
            return false;
        }
        boolean areStandard = rules.stream().allMatch(Rule::asksStandardTable);
        return !areStandard
                || routes.stream()
                        .noneMatch(other -> other.table() == Route.MAIN_TABLE
                                && other.linkIndex().isPresent()
                                && other.prefixLength() > route.prefixLength()
                                && covers(other.destination(), other.prefixLength(), endpoint));
    }

    private static boolean covers(InetAddress network, int prefixLength, InetAddress address) {
        return new Prefix(network, prefixLength).contains(address);
    }
}
