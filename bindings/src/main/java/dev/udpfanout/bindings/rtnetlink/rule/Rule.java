package dev.udpfanout.bindings.rtnetlink.rule;

import dev.udpfanout.bindings.rtnetlink.route.Route;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A policy rule: ip-rule(8); struct fib_rule_hdr and FRA_* of linux/fib_rules.h.
 *
 * @param isIpv4 of IPv4's list, else of IPv6's
 * @param priority its place: rules are asked from the smallest on
 * @param table that is asked; 0 if the rule names none, as a goto or a refusal
 * @param source the packets' sources that it is for; empty: all
 * @param destination the same of destinations
 * @param mark the packet's mark that it is for; empty: any
 * @param incomingInterface the interface by which a packet must have come in; empty: any
 * @param outgoingInterface the interface that a socket must be bound to; empty: any
 * @param isInverted whether it is for all that the conditions do not describe
 * @param looksAt what of a packet it looks at besides
 */
public record Rule(
        boolean isIpv4,
        int priority,
        int table,
        Optional<Prefix> source,
        Optional<Prefix> destination,
        OptionalInt mark,
        Optional<String> incomingInterface,
        Optional<String> outgoingInterface,
        boolean isInverted,
        Set<Condition> looksAt) {
    /** The tables that every namespace has rules for: local, main and default of linux/rtnetlink.h. */
    private static final Set<Integer> STANDARD_TABLES = Set.of(Route.LOCAL_TABLE, Route.MAIN_TABLE, 253);

    /** Whether it asks one of the tables that every namespace has rules for. */
    public boolean asksStandardTable() {
        return STANDARD_TABLES.contains(table);
    }

    /** Addresses whose first bits are the same. */
    public record Prefix(InetAddress address, int bits) {
        @Override
        public String toString() {
            return address.getHostAddress() + "/" + bits;
        }
    }

    /** What a rule can look at, beside addresses, interfaces and the mark. */
    public enum Condition {
        /** Type of service, traffic class or DSCP. */
        TOS("the TOS"),
        SOURCE_PORT("the source port"),
        DESTINATION_PORT("the destination port"),
        PROTOCOL("the protocol"),
        /** The user whose socket sends. */
        USER("the user"),
        FLOW_LABEL("the flow label"),
        TUNNEL("the tunnel"),
        /** An attribute that came with a kernel younger than this list. */
        UNKNOWN("something unknown");

        private final String words;

        Condition(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }
}
