package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.nftables.LibraryMissingException;
import dev.udpfanout.bindings.nftables.Nftables;
import dev.udpfanout.bindings.nftables.NftablesException;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The rules of ours in nf_tables, those of iptables-nft included. Of several base chains at a hook each judges for
 * itself, and what one accepts another one may drop: so each that would drop gets rules. Belongs to one thread.
 */
final class NftablesFirewall implements AutoCloseable {
    static final String BACKEND = "nftables";
    /** Somebody may change a chain between our look and our change. */
    private static final int MAX_TRIES = 3;
    /** How many times as long as the last search for chains took the pause after it is. */
    private static final int SEARCH_PAUSE_FACTOR = 50;
    /** How old what the counters say may be. */
    private static final long COUNTERS_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final Hook hook;
    private final BiConsumer<ChainId, List<Opening>> onAdded;
    private Optional<Nftables> nftables = Optional.empty();
    /** The chains at the hook: new ones are searched for now and then, known ones are looked at after each change. */
    private List<BaseChain> known = List.of();

    private long searchedNanos = System.nanoTime();
    private long searchTookNanos;
    private boolean isDone;
    private int removed;
    private long readNanos;
    private List<BaseChain> chainsOfOurs = List.of();
    private int generation;
    private List<Opening> inForce = List.of();
    private List<FirewallState> states = List.of();

    /** @param onAdded told which openings got rules that were not there */
    NftablesFirewall(Hook hook, BiConsumer<ChainId, List<Opening>> onAdded) {
        this.hook = hook;
        this.onAdded = onAdded;
    }

    /**
     * Has a rule for each opening in each chain that would drop its packets, and no other rule of ours at this hook.
     * Costs one message to the kernel if nothing has changed since the last time.
     */
    List<FirewallState> ensure(List<Opening> openings) {
        try {
            return ensure(openings, opened());
        } catch (SystemCallException e) {
            return isAbsent(e) || openings.isEmpty() ? List.of() : failed(e);
        } catch (LibraryMissingException | NftablesException e) {
            return openings.isEmpty() ? List.of() : failed(e);
        }
    }

    /** A kernel without nf_tables has none of its rules. */
    static boolean isAbsent(SystemCallException failure) {
        return List.of("EPROTONOSUPPORT", "EINVAL", "EOPNOTSUPP")
                .contains(failure.errno().symbol());
    }

    private List<FirewallState> failed(RuntimeException e) {
        return List.of(new FirewallState(BACKEND, hook.label(), "", 0, 0, String.valueOf(e.getMessage())));
    }

    private Nftables opened() {
        if (nftables.isEmpty()) {
            nftables = Optional.of(Nftables.open());
        }
        return nftables.get();
    }

    private List<FirewallState> ensure(List<Opening> openings, Nftables present) {
        // Before the rules are read: what changes meanwhile is seen the next time.
        int now = present.generation();
        if (isDone && now == generation && inForce.equals(openings)) {
            return states = counted(present);
        }
        Ruleset ruleset = new Ruleset(present);
        List<FirewallState> all = new ArrayList<>();
        List<BaseChain> ofOurs = new ArrayList<>();
        boolean isSearched =
                !inForce.equals(openings) || System.nanoTime() - searchedNanos >= SEARCH_PAUSE_FACTOR * searchTookNanos;
        known = isSearched ? search(ruleset) : ruleset.stillThere(known, hook);
        for (BaseChain chain : known) {
            ensure(chain, openings, ruleset)
                    .filter(state -> state.rules() > 0 || !state.problem().isEmpty())
                    .ifPresent(state -> {
                        all.add(state);
                        ofOurs.add(chain);
                    });
        }
        states = List.copyOf(all);
        chainsOfOurs = List.copyOf(ofOurs);
        readNanos = System.nanoTime();
        inForce = List.copyOf(openings);
        generation = now;
        isDone = isSearched && states.stream().allMatch(state -> state.problem().isEmpty());
        return states;
    }

    /** Goes through all chains, of which kube-proxy has tens of thousands on a node of a large cluster. */
    private List<BaseChain> search(Ruleset ruleset) {
        long began = System.nanoTime();
        List<BaseChain> found = ruleset.baseChains(hook);
        searchedNanos = System.nanoTime();
        searchTookNanos = searchedNanos - began;
        return found;
    }

    /** The same states, with what the counters say now if that is old. */
    private List<FirewallState> counted(Nftables present) {
        if (System.nanoTime() - readNanos < COUNTERS_NANOS || chainsOfOurs.isEmpty()) {
            return states;
        }
        readNanos = System.nanoTime();
        Ruleset ruleset = new Ruleset(present);
        return chainsOfOurs.stream().map(chain -> state(chain, ruleset, "")).toList();
    }

    /** Empty if the chain has gone. */
    private Optional<FirewallState> ensure(BaseChain chain, List<Opening> openings, Ruleset ruleset) {
        String problem = "";
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            try {
                ChainRepair repair = ChainRepair.of(chain, openings, ruleset);
                if (!repair.isEmpty()) {
                    ruleset.change(chain.id(), RuleCommands.of(chain.id(), repair));
                    onAdded.accept(chain.id(), repair.added());
                    removed += repair.deletions().size();
                }
                return Optional.of(state(chain, ruleset, ""));
            } catch (NftablesException e) {
                problem = e.getMessage();
                ruleset.forget(chain.id());
            }
        }
        boolean isThere =
                ruleset.baseChains(hook).stream().anyMatch(each -> each.id().equals(chain.id()));
        return isThere
                ? Optional.of(
                        new FirewallState(BACKEND, hook.label(), chain.id().toString(), 0, 0, problem))
                : Optional.empty();
    }

    private FirewallState state(BaseChain chain, Ruleset ruleset, String problem) {
        List<Rule> ours =
                ruleset.rules(chain.id()).stream().filter(Rule::isOurs).toList();
        return new FirewallState(
                BACKEND,
                hook.label(),
                chain.id().toString(),
                ours.size(),
                ours.stream().mapToLong(Rule::packets).sum(),
                problem);
    }

    /** How many rules of ours were taken away, those that were put elsewhere included. */
    int removed() {
        return removed;
    }

    /** Lets go of the kernel; the rules stay. */
    @Override
    public void close() {
        nftables.ifPresent(Nftables::close);
        nftables = Optional.empty();
        isDone = false;
    }
}
