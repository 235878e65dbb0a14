package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.network.Repair;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's packet filters at one hook, as far as listeners' datagrams are concerned. Forwarding never depends on it:
 * what cannot be put right is logged once, and is in {@link #states}. Belongs to the thread that uses it first, and to
 * its network namespace.
 */
public final class Firewall implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Firewall.class);

    private final Hook hook;
    private final RepairLog repairs;
    private final NftablesFirewall nftables;
    private final LegacyFirewall legacy;
    private final Set<String> opened = new HashSet<>();
    private volatile List<FirewallState> states = List.of();

    public Firewall(Hook hook, RepairLog repairs) {
        this.hook = hook;
        this.repairs = repairs;
        this.nftables = new NftablesFirewall(hook, this::added);
        this.legacy = new LegacyFirewall(hook, this::added);
    }

    public Hook hook() {
        return hook;
    }

    /** Lets these openings' packets pass, and takes away every other rule of ours at this hook; cheap to repeat. */
    public void ensure(List<Opening> openings) {
        List<FirewallState> now;
        try {
            now = nftables.ensure(openings);
        } catch (RuntimeException e) {
            now = List.of(new FirewallState(NftablesFirewall.BACKEND, hook.label(), "", 0, 0, e.toString()));
        }
        now = Stream.concat(now.stream(), legacy.ensure(openings).stream()).toList();
        report(now);
        states = now;
        if (openings.isEmpty()) {
            opened.clear();
        }
    }

    private void report(List<FirewallState> now) {
        for (FirewallState state : now) {
            boolean isNews = states.stream()
                    .noneMatch(before -> before.chain().equals(state.chain())
                            && before.problem().equals(state.problem()));
            if (isNews && !state.problem().isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("backend", state.backend())
                        .addKeyValue("chain", state.chain())
                        .log("failed to let listeners' datagrams through the firewall: {}", state.problem());
            }
        }
    }

    private void added(ChainId chain, List<Opening> openings) {
        for (Opening opening : openings) {
            if (opened.add(chain + " " + opening)) {
                LOG.atInfo()
                        .addKeyValue("interface", opening.interfaceName())
                        .addKeyValue("chain", chain.toString())
                        .addKeyValue("rule", opening.toString())
                        .log("added a rule to the firewall, which would have dropped a listener's datagrams");
            } else {
                repairs.repaired(Repair.FIREWALL_RULE_ADDED, opening.interfaceName());
            }
        }
    }

    /** The chains that have rules of ours or should have, as of the last {@link #ensure}; any thread. */
    public List<FirewallState> states() {
        return states;
    }

    /** Takes all rules of ours at this hook away. */
    public void removeAll() {
        ensure(List.of());
    }

    /**
     * Takes the rules away that a daemon has left in the calling thread's network namespace.
     *
     * @return how many there were
     */
    public static int removeLeftovers() {
        return Stream.of(Hook.values()).mapToInt(Firewall::removeLeftovers).sum();
    }

    /** As above, at one hook. */
    public static int removeLeftovers(Hook hook) {
        try (Firewall firewall = new Firewall(hook, new RepairLog())) {
            firewall.removeAll();
            int removed = firewall.nftables.removed() + firewall.legacy.removed();
            if (removed > 0) {
                LOG.atInfo()
                        .addKeyValue("hook", hook.label())
                        .addKeyValue("rules", removed)
                        .log("removed our rules from the firewall");
            }
            return removed;
        }
    }

    /** Lets go of the kernel; the rules stay. */
    @Override
    public void close() {
        nftables.close();
    }
}
