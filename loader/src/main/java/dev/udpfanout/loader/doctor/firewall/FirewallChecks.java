package dev.udpfanout.loader.doctor.firewall;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Firewall;
import dev.udpfanout.loader.datapath.network.firewall.FirewallInspection;
import dev.udpfanout.loader.datapath.network.firewall.FirewallInspection.BlockingChain;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Whether the node's packet filters let through what listeners are to get: chains of nf_tables, those of iptables-nft
 * among them, and tables of iptables-legacy. What goes out of a dummy interface passes the hook forward, what is for
 * sockets the hook input; what a program takes at a NIC passes neither.
 */
public final class FirewallChecks {
    private static final String CHECK = "forward_policy";
    private final BiFunction<Hook, List<ListenerConfig>, FirewallInspection> inspector;

    public FirewallChecks() {
        this(FirewallInspection::of);
    }

    /** @param inspector looks at the chains of a hook */
    public FirewallChecks(BiFunction<Hook, List<ListenerConfig>, FirewallInspection> inspector) {
        this.inspector = inspector;
    }

    /** As below, without test datagrams. */
    public List<Diagnosis> of(List<ServedListener> listeners) {
        return of(listeners, List.of());
    }

    /**
     * Nothing where no listener's datagrams pass a packet filter.
     *
     * @param moved dropping rules that have counted test datagrams, in words
     */
    public List<Diagnosis> of(List<ServedListener> listeners, List<String> moved) {
        List<Diagnosis> found = new ArrayList<>();
        for (Hook hook : Hook.values()) {
            List<ListenerConfig> ofHook = listeners.stream()
                    .filter(listener -> listener.isUserspace() == (hook == Hook.INPUT))
                    .filter(listener -> listener.isUserspace() || listener.isOnDummy())
                    .map(ServedListener::config)
                    .toList();
            if (!ofHook.isEmpty()) {
                found.addAll(of(hook, ofHook, moved));
            }
        }
        return found;
    }

    private List<Diagnosis> of(Hook hook, List<ListenerConfig> listeners, List<String> moved) {
        FirewallInspection inspection = inspector.apply(hook, listeners);
        boolean isLeft =
                listeners.stream().anyMatch(listener -> listener.interception().firewall() == Firewall.LEAVE);
        boolean isOnNic = listeners.stream().noneMatch(ListenerConfig::isOnDummyInterface);
        List<Diagnosis> found = new ArrayList<>(inspection.chains().stream()
                .map(chain -> of(chain, isLeft, isOnNic, moved))
                .toList());
        if (!inspection.unreadable().isEmpty()) {
            found.add(
                    Diagnosis.notChecked(
                            CHECK,
                            "the chains at the hook " + hook.label() + ": " + inspection.unreadable(),
                            "udp-fanout trace --to VIP:PORT shows whether one drops; nft list ruleset and iptables-legacy -S list them"));
        } else if (found.isEmpty()) {
            found.add(Diagnosis.ok(
                    CHECK,
                    "no chain of nftables or iptables at the hook " + hook.label() + " drops what listeners get"));
        }
        return found;
    }

    private static Diagnosis of(BlockingChain chain, boolean isLeft, boolean isOnNic, List<String> moved) {
        if (chain.hasRule()) {
            return Diagnosis.ok(
                    CHECK,
                    chain.chain() + " would drop what goes " + chain.traffic() + "; the daemon's rule lets it through");
        }
        String mend = isOnNic
                ? chain.command()
                : isLeft
                        ? "firewall: accept of the listener, or: " + chain.command()
                        : "the daemon adds the rule while it runs; udp-fanout status says why not. By hand: "
                                + chain.command();
        List<String> counted =
                moved.stream().filter(rule -> isOf(chain, rule)).distinct().toList();
        return Diagnosis.problem(
                CHECK,
                chain.chain() + " drops what goes " + chain.traffic()
                        + (counted.isEmpty() ? "" : "; counted by " + String.join(", ", counted)),
                mend);
    }

    /** Both name the chain; of iptables-legacy the rule's words have the table, too. */
    private static boolean isOf(BlockingChain chain, String rule) {
        return rule.contains(" of chain " + chain.chain().replace("legacy ", "legacy filter ") + " ");
    }
}
