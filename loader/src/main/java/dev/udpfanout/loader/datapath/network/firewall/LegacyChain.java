package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.xtables.LegacyChange;
import dev.udpfanout.bindings.xtables.XtablesLock;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Changes the chain at one hook in the table {@code filter} of iptables-legacy.
 *
 * @param family 4 or 6
 */
record LegacyChain(int family, Hook hook) {
    /** The kernel refuses once for each change of somebody who does not hold the lock. */
    private static final int MAX_TRIES = 2;

    /** A rule that is put at a place, or the one there that goes. */
    private record Step(int place, byte[] entry) {
        boolean isDeletion() {
            return entry.length == 0;
        }
    }

    /**
     * Has a rule for each opening, if the chain would drop its packets, and no other rule of ours.
     *
     * @param limit the longest wait for the lock
     * @return what was changed
     * @throws SystemCallException if the lock cannot be had, or the kernel refuses; then nothing was changed
     */
    ChainRepair repair(List<Opening> openings, Path lock, Duration limit) {
        try (XtablesLock held = XtablesLock.acquire(lock, limit)) {
            for (int tries = 1; ; tries++) {
                try {
                    return repair(openings);
                } catch (SystemCallException e) {
                    if (tries >= MAX_TRIES || !e.errno().equals(Errno.EAGAIN)) {
                        throw e;
                    }
                }
            }
        }
    }

    private ChainRepair repair(List<Opening> openings) {
        LegacyRules table = LegacyRules.read(family);
        ChainRepair repair = ChainRepair.of(table.baseChain(hook), openings, table);
        if (repair.isEmpty()) {
            return repair;
        }
        List<Rule> rules = table.rules(hook);
        try (LegacyChange change = LegacyChange.open(family, LegacyRules.TABLE)) {
            requireSame(rules, change.rules(hook.name()));
            for (Step step : steps(repair, rules)) {
                if (step.isDeletion()) {
                    change.delete(hook.name(), step.place());
                } else {
                    change.insert(hook.name(), step.place(), step.entry());
                }
            }
            change.commit();
            return repair;
        }
    }

    /** Of places as they are now: so the last one comes first. */
    private static List<Step> steps(ChainRepair repair, List<Rule> rules) {
        List<Long> handles = rules.stream().map(Rule::handle).toList();
        List<Step> steps = new ArrayList<>();
        repair.deletions().forEach(handle -> steps.add(new Step(handles.indexOf(handle), new byte[0])));
        for (ChainRepair.Addition addition : repair.additions().reversed()) {
            // The policy is the last of these rules: what is put before it is put at the end.
            int place = addition.before().isPresent()
                    ? handles.indexOf(addition.before().getAsLong())
                    : rules.size() - 1;
            steps.add(new Step(place, LegacyRule.of(addition.opening())));
        }
        steps.sort(Comparator.comparingInt(Step::place).reversed());
        return steps;
    }

    /** The library has read the table for itself: what was judged must be what it changes. */
    private void requireSame(List<Rule> judged, List<byte[]> read) {
        List<String> comments = read.stream()
                .map(bytes -> new LegacyEntry(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), 0, family))
                .map(LegacyEntry::comment)
                .toList();
        if (!judged.subList(0, judged.size() - 1).stream()
                .map(Rule::comment)
                .toList()
                .equals(comments)) {
            throw new SystemCallException(
                    "iptc_init", "chain " + hook, Errno.EAGAIN, "somebody changed the chain meanwhile");
        }
    }
}
