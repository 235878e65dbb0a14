package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.xtables.LegacyLibraryMissingException;
import dev.udpfanout.bindings.xtables.XtablesLock;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The rules of ours in tables of iptables-legacy. The kernel takes these only as a whole (IPT_SO_SET_REPLACE), so they
 * are changed under the lock of iptables(8), whose file is the host's. Where that fails, whoever reads the state is
 * told what to type. The kernel tells of no change. Belongs to one thread.
 */
final class LegacyFirewall {
    static final String BACKEND = "iptables-legacy";
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(5);

    private final Hook hook;
    private final BiConsumer<ChainId, List<Opening>> onAdded;
    private final Path lock;
    private final Duration lockLimit;
    private boolean isLockBusy;
    private int removed;
    private List<Opening> looked = List.of();
    private long lookedNanos = System.nanoTime() - INTERVAL_NANOS;
    private List<FirewallState> states = List.of();

    /** @param onAdded told which openings got rules that were not there */
    LegacyFirewall(Hook hook, BiConsumer<ChainId, List<Opening>> onAdded) {
        this(hook, onAdded, Path.of(XtablesLock.FILE), LOCK_LIMIT);
    }

    /** @param lockLimit the longest wait for the lock; one that was in vain is not repeated, only the try is */
    LegacyFirewall(Hook hook, BiConsumer<ChainId, List<Opening>> onAdded, Path lock, Duration lockLimit) {
        this.hook = hook;
        this.onAdded = onAdded;
        this.lock = lock;
        this.lockLimit = lockLimit;
    }

    /**
     * Has a rule for each opening whose packets would be dropped, and no other rule of ours at this hook.
     *
     * @return the chains that have rules of ours or should have; as of some seconds ago at the most
     */
    List<FirewallState> ensure(List<Opening> openings) {
        if (!openings.equals(looked) || System.nanoTime() - lookedNanos >= INTERVAL_NANOS) {
            List<FirewallState> found = new ArrayList<>();
            for (int family : List.of(4, 6)) {
                if (isPresent(family)) {
                    List<Opening> ofFamily = openings.stream()
                            .filter(opening -> opening.family() == family)
                            .toList();
                    found.addAll(ensure(new LegacyChain(family, hook), ofFamily));
                }
            }
            states = List.copyOf(found);
            looked = List.copyOf(openings);
            lookedNanos = System.nanoTime();
        }
        return states;
    }

    private List<FirewallState> ensure(LegacyChain chain, List<Opening> openings) {
        try {
            LegacyRules rules = LegacyRules.read(chain.family());
            ChainRepair needed = ChainRepair.of(rules.baseChain(hook), openings, rules);
            if (needed.isEmpty()) {
                return present(chain, rules);
            }
            String failure = repair(chain, openings);
            LegacyRules now = LegacyRules.read(chain.family());
            return failure.isEmpty() ? present(chain, now) : failed(chain, now, needed, failure);
        } catch (SystemCallException e) {
            return openings.isEmpty()
                    ? List.of()
                    : List.of(new FirewallState(
                            BACKEND, hook.label(), name(chain), 0, 0, "failed to read it: " + e.getMessage()));
        }
    }

    /** Returns why it failed; empty if it did not. */
    private String repair(LegacyChain chain, List<Opening> openings) {
        try {
            ChainRepair done =
                    chain.repair(openings, lock, isLockBusy && !openings.isEmpty() ? Duration.ZERO : lockLimit);
            isLockBusy = false;
            removed += done.deletions().size();
            onAdded.accept(new ChainId(tool(chain.family()), LegacyRules.TABLE, hook.name()), done.added());
            return "";
        } catch (SystemCallException e) {
            isLockBusy = e.errno().equals(Errno.EAGAIN);
            return e.getMessage();
        } catch (LegacyLibraryMissingException e) {
            return e.getMessage();
        }
    }

    private List<FirewallState> failed(LegacyChain chain, LegacyRules now, ChainRepair needed, String failure) {
        if (needed.added().isEmpty()) {
            return List.of(state(chain, now, "failed to mend our rules: " + failure));
        }
        return needed.added().stream()
                .map(opening -> state(
                        chain,
                        now,
                        "drops what goes " + opening + "; add a rule: " + command(opening) + " (the daemon failed to: "
                                + failure + ")"))
                .toList();
    }

    /** Nothing if no rule of ours is there. */
    private List<FirewallState> present(LegacyChain chain, LegacyRules rules) {
        FirewallState state = state(chain, rules, "");
        return state.rules() > 0 ? List.of(state) : List.of();
    }

    private FirewallState state(LegacyChain chain, LegacyRules rules, String problem) {
        List<Rule> ours = rules.rules(hook).stream().filter(Rule::isOurs).toList();
        return new FirewallState(
                BACKEND,
                hook.label(),
                name(chain),
                ours.size(),
                ours.stream().mapToLong(Rule::packets).sum(),
                problem);
    }

    /** How many rules of ours were taken away, those that were put elsewhere included. */
    int removed() {
        return removed;
    }

    /**
     * Whether the table that packets of the opening's family pass drops all of them, without a rule of ours.
     *
     * @return whether there is such a rule; empty if the packets pass anyhow
     * @throws SystemCallException if there is such a table, and it cannot be read
     */
    static Optional<Boolean> hasRule(Opening opening) {
        if (!isPresent(opening.family())) {
            return Optional.empty();
        }
        LegacyRules rules = LegacyRules.read(opening.family());
        ChainWalk walk = new ChainWalk(rules, opening);
        return walk.block(rules.baseChain(opening.hook()))
                .map(block -> ChainRepair.inPlace(rules.rules(opening.hook()), opening, block, walk)
                        .isPresent());
    }

    /** For people: {@code "iptables-legacy FORWARD"}. */
    static String chain(Opening opening) {
        return name(new LegacyChain(opening.family(), opening.hook()));
    }

    private static String name(LegacyChain chain) {
        return tool(chain.family()) + " " + chain.hook();
    }

    /** What lets the packets through, for an operator to type. */
    static String command(Opening opening) {
        return tool(opening.family()) + " " + opening.iptables();
    }

    private static String tool(int family) {
        return family == 4 ? "iptables-legacy" : "ip6tables-legacy";
    }

    /** To ask the kernel for a table makes it, so the list of those that there are is read first. */
    private static boolean isPresent(int family) {
        Path names = Path.of("/proc/thread-self/net", family == 4 ? "ip_tables_names" : "ip6_tables_names");
        try {
            return Files.readAllLines(names).contains(LegacyRules.TABLE);
        } catch (IOException e) {
            return false;
        }
    }
}
