package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.rtnetlink.rule.Rule;
import dev.udpfanout.loader.config.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Policy rules by which a datagram to an address may be looked up in other tables than the main one, which is all that
 * {@link LocalLinks} looks at. Pure.
 */
final class OtherTables {
    /** The table of a rule that asks none, as of a goto. */
    private static final int NONE = 0;

    private OtherTables() {}

    /**
     * The first rule of these that may matter, for people. One for a mark does not: bpf_fib_lookup asks without any
     * (net/core/filter.c).
     */
    static Optional<String> ruleFor(InetAddress address, List<Rule> rules) {
        return rules.stream()
                .filter(rule -> rule.isIpv4() == address instanceof Inet4Address)
                .filter(rule -> rule.table() != NONE && !rule.asksStandardTable())
                .filter(rule -> rule.isInverted() || (rule.mark().orElse(0) == 0 && mayBeTo(rule, address)))
                .findFirst()
                .map(rule -> "rule %s (table %s)"
                        .formatted(Integer.toUnsignedString(rule.priority()), Integer.toUnsignedString(rule.table())));
    }

    private static boolean mayBeTo(Rule rule, InetAddress address) {
        return rule.destination()
                .map(network -> new Prefix(network.address(), network.bits()).contains(address))
                .orElse(true);
    }
}
