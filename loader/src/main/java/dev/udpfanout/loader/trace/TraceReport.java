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
 * @param rulesAfter the firewall's counters after it
 * @param rulesBefore and before it
 * @param blocking chains that drop by what their rules say, in words
 */
public record TraceReport(
        TracePlan plan,
        InetSocketAddress source,
        List<Story> stories,
        int lostEvents,
        RuleCounters rulesAfter,
        RuleCounters rulesBefore,
        List<String> blocking) {
    /** Whether every datagram arrived, and there was one. */
    public boolean isDelivered() {
        return !stories.isEmpty()
                && stories.stream().allMatch(each -> each.fate().outcome() == Outcome.DELIVERED);
    }

    /** Whether the firewall may have dropped one. */
    boolean isFirewallSuspected() {
        return stories.stream().anyMatch(each -> each.fate().cause().contains("firewall"));
    }

    /** The dropping rules that have counted something meanwhile, also other traffic. */
    public List<String> movedRules() {
        return rulesAfter.movedSince(rulesBefore);
    }

    /**
     * The dropping rules that have counted something meanwhile; if none, the chains whose policy is to drop, and those
     * whose rules say that they drop it.
     */
    public List<String> suspects() {
        List<String> moved = movedRules();
        return moved.isEmpty()
                ? Stream.concat(rulesAfter.droppingChains().stream(), blocking.stream())
                        .toList()
                : moved;
    }
}
