package dev.udpfanout.loader.doctor;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Firewall;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.datapath.network.firewall.FirewallInspection;
import dev.udpfanout.loader.datapath.network.firewall.FirewallInspection.BlockingChain;
import dev.udpfanout.loader.datapath.network.firewall.Opening;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Whether the node's packet filters let through what listeners on dummy interfaces are to get: chains of nf_tables,
 * those of iptables-nft among them, and, as far as they can be seen, tables of iptables-legacy.
 */
final class FirewallChecks {
    private static final String CHECK = "forward_policy";
    private static final String LEGACY_CHECK = "iptables_legacy";

    private final NodeFiles files;
    private final BiFunction<Hook, List<ListenerConfig>, FirewallInspection> inspector;

    FirewallChecks(NodeFiles files) {
        this(files, FirewallInspection::of);
    }

    /** @param inspector looks at the chains of a hook */
    FirewallChecks(NodeFiles files, BiFunction<Hook, List<ListenerConfig>, FirewallInspection> inspector) {
        this.files = files;
        this.inspector = inspector;
    }

    /** Nothing where no listener's datagrams pass a packet filter. */
    List<Diagnosis> of(Config config) {
        List<ListenerConfig> listeners = config.listeners().stream()
                .filter(ListenerConfig::isOnDummyInterface)
                .toList();
        List<Diagnosis> found = new ArrayList<>();
        for (Hook hook : Hook.values()) {
            List<ListenerConfig> ofHook = listeners.stream()
                    .filter(listener -> (listener.mode() == Mode.USERSPACE) == (hook == Hook.INPUT))
                    .toList();
            if (!ofHook.isEmpty()) {
                found.addAll(of(hook, ofHook));
                legacy(hook, ofHook, found);
            }
        }
        return found;
    }

    private List<Diagnosis> of(Hook hook, List<ListenerConfig> listeners) {
        FirewallInspection inspection = inspector.apply(hook, listeners);
        if (!inspection.unreadable().isEmpty()) {
            return List.of(Diagnosis.notChecked(
                    CHECK,
                    "the chains at the hook " + hook.label() + ": " + inspection.unreadable(),
                    "look with: nft list ruleset"));
        }
        if (inspection.chains().isEmpty()) {
            return List.of(Diagnosis.ok(
                    CHECK,
                    "no chain of nftables or iptables-nft at the hook " + hook.label() + " drops what listeners get"));
        }
        boolean isLeft =
                listeners.stream().anyMatch(listener -> listener.interception().firewall() == Firewall.LEAVE);
        return inspection.chains().stream().map(chain -> of(chain, isLeft)).toList();
    }

    private static Diagnosis of(BlockingChain chain, boolean isLeft) {
        if (chain.hasRule()) {
            return Diagnosis.ok(
                    CHECK,
                    chain.chain() + " would drop what goes " + chain.traffic() + "; the daemon's rule lets it through");
        }
        String mend = isLeft
                ? "firewall: accept of the listener, or: " + chain.command()
                : "the daemon adds the rule while it runs; udp-fanout status says why not. By hand: " + chain.command();
        return Diagnosis.problem(CHECK, chain.chain() + " drops what goes " + chain.traffic(), mend);
    }

    /** Such a table is there once somebody has looked at it, also without rules. */
    private void legacy(Hook hook, List<ListenerConfig> listeners, List<Diagnosis> found) {
        for (int family : List.of(4, 6)) {
            String names = family == 4 ? "thread-self/net/ip_tables_names" : "thread-self/net/ip6_tables_names";
            List<ListenerConfig> ofFamily = listeners.stream()
                    .filter(listener -> (listener.bind().getAddress() instanceof Inet6Address) == (family == 6))
                    .toList();
            if (!ofFamily.isEmpty() && files.lines(names).contains("filter")) {
                found.add(legacy(hook, ofFamily, family == 4 ? "iptables-legacy" : "ip6tables-legacy"));
            }
        }
    }

    private static Diagnosis legacy(Hook hook, List<ListenerConfig> listeners, String tool) {
        String chain = hook == Hook.FORWARD ? "FORWARD" : "INPUT";
        return Diagnosis.notChecked(
                LEGACY_CHECK,
                "the table filter of " + tool + ", to which the daemon adds no rule",
                "look with: " + tool + " -S " + chain + "; where it drops: "
                        + listeners.stream()
                                .flatMap(listener -> Opening.needed(hook, List.of(listener)).stream())
                                .map(opening -> tool + " " + opening.iptables())
                                .collect(Collectors.joining("; ")));
    }
}
