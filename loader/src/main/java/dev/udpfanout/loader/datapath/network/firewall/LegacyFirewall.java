package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tables of iptables-legacy: looked at, and never changed. The kernel takes them only as a whole (IPT_SO_SET_REPLACE),
 * so a change of somebody else's in between would be lost, unless all of them hold the lock of iptables(8), whose file
 * is the host's. Whoever reads the state is told what to type. The kernel tells of no change.
 */
final class LegacyFirewall {
    static final String BACKEND = "iptables-legacy";
    private static final String TABLE = "filter";
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final Hook hook;
    private List<Opening> looked = List.of();
    private long lookedNanos;
    private List<FirewallState> states = List.of();

    LegacyFirewall(Hook hook) {
        this.hook = hook;
    }

    /** The chains that drop an opening's packets; as of some seconds ago at the most. */
    List<FirewallState> look(List<Opening> openings) {
        if (!openings.equals(looked) || System.nanoTime() - lookedNanos >= INTERVAL_NANOS) {
            List<FirewallState> found = new ArrayList<>();
            for (Opening opening : openings) {
                try {
                    if (drops(opening)) {
                        found.add(state(opening, "drops what goes " + opening + "; add a rule: " + command(opening)));
                    }
                } catch (SystemCallException e) {
                    found.add(state(opening, "failed to read it: " + e.getMessage()));
                }
            }
            states = List.copyOf(found);
            looked = List.copyOf(openings);
            lookedNanos = System.nanoTime();
        }
        return states;
    }

    private FirewallState state(Opening opening, String problem) {
        return new FirewallState(BACKEND, hook.label(), chain(opening), 0, 0, problem);
    }

    /**
     * Whether the table that packets of the opening's family pass drops all of them.
     *
     * @throws SystemCallException if there is such a table, and it cannot be read
     */
    static boolean drops(Opening opening) {
        if (!isPresent(opening.family())) {
            return false;
        }
        LegacyRules rules = LegacyRules.read(opening.family());
        Optional<ChainWalk.Block> block = new ChainWalk(rules, opening).block(rules.baseChain(opening.hook()));
        return block.isPresent();
    }

    /** For people: {@code "iptables-legacy FORWARD"}. */
    static String chain(Opening opening) {
        return tool(opening) + " " + opening.hook();
    }

    /** What lets the packets through, for an operator to type. */
    static String command(Opening opening) {
        return tool(opening) + " " + opening.iptables();
    }

    private static String tool(Opening opening) {
        return opening.family() == 4 ? "iptables-legacy" : "ip6tables-legacy";
    }

    /** To ask the kernel for a table makes it, so the list of those that there are is read first. */
    private static boolean isPresent(int family) {
        Path names = Path.of("/proc/thread-self/net", family == 4 ? "ip_tables_names" : "ip6_tables_names");
        try {
            return Files.readAllLines(names).contains(TABLE);
        } catch (IOException e) {
            return false;
        }
    }
}
