package dev.udpfanout.loader.doctor.diagnosis;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which findings only follow from others. Whoever mends the cause has mended the consequence, so only the cause is
 * named.
 */
public final class Causes {
    /** What cannot be right while there is no daemon. */
    private static final Set<String> OF_NO_DAEMON = Set.of(
            "metrics_port",
            "interface",
            "address",
            "program",
            "listener_route",
            "interface_forwarding",
            "forward_policy",
            "kube_proxy_rule",
            "conntrack_stale",
            "vip",
            "receivers");

    /** A check, and the checks whose findings follow from it. */
    private static final Map<String, Set<String>> CONSEQUENCES = Map.ofEntries(
            Map.entry("daemon", OF_NO_DAEMON),
            Map.entry("kernel", Set.of("program", "mode")),
            Map.entry("interface", Set.of("address", "program", "listener_route", "interface_forwarding")),
            Map.entry("found_interfaces", Set.of("program")),
            Map.entry("address", Set.of("listener_route")),
            Map.entry("ip_forward", Set.of("listener_route", "interface_forwarding", "endpoint_route")),
            Map.entry("interface_forwarding", Set.of("endpoint_route")),
            Map.entry(
                    "api_server",
                    Set.of("service", "endpoints", "access", "receivers", "network_policies", "node_labels", "vip")),
            Map.entry("access", Set.of("receivers", "service", "endpoints", "api_server")),
            Map.entry("service", Set.of("vip", "service_port", "endpoints", "kube_proxy_rule", "conntrack_stale")),
            Map.entry("service_port", Set.of("kube_proxy_rule", "conntrack_stale")),
            Map.entry("vip", Set.of("kube_proxy_rule", "conntrack_stale")),
            Map.entry("endpoints", Set.of("kube_proxy_rule", "conntrack_stale")),
            Map.entry("selector", Set.of("endpoints", "kube_proxy_rule", "conntrack_stale")),
            Map.entry("kube_proxy_rule", Set.of("conntrack_stale")),
            Map.entry("receivers", Set.of("endpoint_probe", "endpoint_use")),
            Map.entry(
                    "endpoint_route",
                    Set.of("endpoint_neighbour", "endpoint_answer", "endpoint_mtu", "endpoint_probe", "endpoint_use")),
            Map.entry(
                    "endpoint_neighbour",
                    Set.of("endpoint_answer", "endpoint_socket", "endpoint_probe", "endpoint_use")),
            Map.entry("endpoint_socket", Set.of("endpoint_probe", "endpoint_use")));

    private Causes() {}

    /** The same list without what only follows from a problem of the same listener, or of the node. */
    public static List<Diagnosis> only(List<Diagnosis> found) {
        return found.stream()
                .filter(each -> !each.isBad() || found.stream().noneMatch(cause -> isCause(cause, each)))
                .toList();
    }

    /** Takes a check's bad findings away where another one has found a problem of the same listener, or of the node. */
    public static void removeExplained(List<Diagnosis> found, String check) {
        List<Diagnosis> problems = found.stream()
                .filter(each -> each.result() == Diagnosis.Result.PROBLEM
                        && !each.check().equals(check))
                .toList();
        found.removeIf(each -> each.isBad()
                && each.check().equals(check)
                && problems.stream().anyMatch(problem -> isSameWay(problem, each)));
    }

    private static boolean isSameWay(Diagnosis one, Diagnosis other) {
        return one.listener().isEmpty()
                || other.listener().isEmpty()
                || one.listener().equals(other.listener());
    }

    private static boolean isCause(Diagnosis cause, Diagnosis consequence) {
        // Where an earlier daemon's programs forward, what is wrong is wrong for another reason.
        boolean isHarmless = cause.check().equals("daemon") && cause.result() == Diagnosis.Result.WARNING;
        return cause.isBad()
                && !isHarmless
                && isSameWay(cause, consequence)
                && CONSEQUENCES.getOrDefault(cause.check(), Set.of()).contains(consequence.check());
    }
}
