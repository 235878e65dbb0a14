package dev.udpfanout.loader.trace;

import dev.udpfanout.loader.trace.Fate.Outcome;
import dev.udpfanout.loader.trace.rules.RuleCounters;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a trace has found.
 *
 * @param plan what was asked
 * @param source the sender of test datagrams
 * @param stories of each datagram
 * @param lostEvents how many events had no room in the buffer: stories may have holes then
 * @param missedRuns how many events of any packet of this machine the probes have missed
 * @param rulesAfter the firewall's counters after it
 * @param rulesBefore and before it
 * @param blocking chains that drop by what their rules say, in words
 */
public record TraceReport(
        TracePlan plan,
        InetSocketAddress source,
        List<Story> stories,
        int lostEvents,
        long missedRuns,
        RuleCounters rulesAfter,
        RuleCounters rulesBefore,
        List<String> blocking) {
    /** Whether every datagram arrived, and there was one. */
    public boolean isDelivered() {
        return !stories.isEmpty()
                && stories.stream().allMatch(each -> each.fate().outcome() == Outcome.DELIVERED);
    }

    /**
     * What may be missing of the stories, as a sentence; empty if nothing is. What the kernel has left out may be of
     * any packet, so it counts only where the end of one was not seen.
     */
    public String gap() {
        boolean isEndMissing = stories.stream().anyMatch(each -> each.fate().outcome() == Outcome.UNKNOWN);
        if (lostEvents > 0) {
            return lostEvents + " events had no room, so some hops are missing.";
        }
        return isEndMissing && missedRuns > 0
                ? "The kernel was busy and left out " + missedRuns
                        + " events of this machine's packets: an end that is not known may be among them. Trace again."
                : "";
    }

    /** Whether this node's own firewall may have dropped one: that of a pod's namespace has other rules. */
    boolean isFirewallSuspected() {
        return stories.stream()
                .map(Story::fate)
                .anyMatch(fate ->
                        fate.cause().contains("firewall") && !fate.where().startsWith(Story.POD));
    }

    /** As {@link #suspects}, where this node's firewall has dropped a datagram; else none. */
    public List<String> firewallSuspects() {
        return isFirewallSuspected() ? suspects() : List.of();
    }

    /** The dropping rules that have counted something meanwhile, also other traffic. */
    public List<String> movedRules() {
        return rulesAfter.movedSince(rulesBefore);
    }

    /**
     * The dropping rules that have counted something meanwhile; if none, those that count nothing, the chains whose
     * policy is to drop, and those whose rules say that they drop it.
     */
    public List<String> suspects() {
        List<String> moved = movedRules();
        return moved.isEmpty()
                ? Stream.of(rulesAfter.droppingChains(), blocking, rulesAfter.uncounted())
                        .flatMap(List::stream)
                        .toList()
                : moved;
    }
}
