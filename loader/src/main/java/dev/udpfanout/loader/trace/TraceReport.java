package dev.udpfanout.loader.trace;

import dev.udpfanout.loader.trace.Fate.Outcome;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a trace has found.
 *
 * @param plan what was asked
 * @param source the sender of test datagrams
 * @param stories of each datagram
 * @param lostEvents how many events had no room in the buffer: stories may have holes then
 * @param rulesAfter the firewall's counters after it
 * @param rulesBefore and before it
 */
public record TraceReport(
        TracePlan plan,
        InetSocketAddress source,
        List<Story> stories,
        int lostEvents,
        RuleCounters rulesAfter,
        RuleCounters rulesBefore) {
    /** Whether every datagram arrived, and there was one. */
    public boolean isDelivered() {
        return !stories.isEmpty()
                && stories.stream().allMatch(each -> each.fate().outcome() == Outcome.DELIVERED);
    }

    /** Whether the firewall may have dropped one. */
    boolean isFirewallSuspected() {
        return stories.stream().anyMatch(each -> each.fate().cause().contains("firewall"));
    }

    /** The dropping rules that have counted something meanwhile; if none, the chains whose policy is to drop. */
    List<String> suspects() {
        List<String> moved = rulesAfter.movedSince(rulesBefore);
        return moved.isEmpty() ? rulesAfter.droppingChains() : moved;
    }
}
