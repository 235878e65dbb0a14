package dev.udpfanout.bindings.rtnetlink.rule;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;

import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.rule.Rule.Condition;
import dev.udpfanout.bindings.rtnetlink.rule.Rule.Prefix;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads RTM_NEWRULE. Its header, struct fib_rule_hdr, is laid out as struct rtmsg: family, prefix lengths, TOS, table,
 * two bytes that are reserved, action, flags.
 */
public final class RuleDecoder {
    // linux/fib_rules.h
    private static final int FIB_RULE_INVERT = 0x2;
    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_IIFNAME = 3;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_TABLE = 15;
    private static final int FRA_OIFNAME = 17;

    /**
     * What is in the record already, and FRA_GOTO 4, FRA_FLOW 11, FRA_SUPPRESS_IFGROUP 13, FRA_SUPPRESS_PREFIXLEN 14,
     * FRA_FWMASK 16, FRA_PAD 18, FRA_L3MDEV 19 (which looks at the interface), FRA_PROTOCOL 21 (who made the rule).
     */
    private static final Set<Integer> OTHERWISE_KNOWN = Set.of(
            FRA_DST,
            FRA_SRC,
            FRA_IIFNAME,
            FRA_PRIORITY,
            FRA_FWMARK,
            FRA_TABLE,
            FRA_OIFNAME,
            4,
            11,
            13,
            14,
            16,
            18,
            19,
            21);

    private static final Map<Integer, Condition> CONDITIONS = Map.ofEntries(
            Map.entry(12, Condition.TUNNEL), // FRA_TUN_ID
            Map.entry(20, Condition.USER), // FRA_UID_RANGE
            Map.entry(22, Condition.PROTOCOL), // FRA_IP_PROTO
            Map.entry(23, Condition.SOURCE_PORT), // FRA_SPORT_RANGE
            Map.entry(24, Condition.DESTINATION_PORT), // FRA_DPORT_RANGE
            Map.entry(25, Condition.TOS), // FRA_DSCP
            Map.entry(26, Condition.FLOW_LABEL), // FRA_FLOWLABEL
            Map.entry(27, Condition.FLOW_LABEL), // FRA_FLOWLABEL_MASK
            Map.entry(28, Condition.SOURCE_PORT), // FRA_SPORT_MASK
            Map.entry(29, Condition.DESTINATION_PORT), // FRA_DPORT_MASK
            Map.entry(30, Condition.TOS)); // FRA_DSCP_MASK

    private RuleDecoder() {}

    /** The rule; empty if it is of another family than IP's, such as that of multicast routing. */
    public static Optional<Rule> decode(Message message) {
        MemorySegment header = message.struct(rtmsg.layout());
        int family = Byte.toUnsignedInt(rtmsg.rtm_family(header));
        if (!InternetAddress.isFamily(family)) {
            return Optional.empty();
        }
        Attributes attributes = message.attributes(rtmsg.layout());
        return Optional.of(new Rule(
                family == AF_INET(),
                attributes.number(FRA_PRIORITY).orElse(0),
                attributes.number(FRA_TABLE).orElse(Byte.toUnsignedInt(rtmsg.rtm_table(header))),
                prefix(attributes, FRA_SRC, family, Byte.toUnsignedInt(rtmsg.rtm_src_len(header))),
                prefix(attributes, FRA_DST, family, Byte.toUnsignedInt(rtmsg.rtm_dst_len(header))),
                attributes.number(FRA_FWMARK),
                attributes.string(FRA_IIFNAME),
                attributes.string(FRA_OIFNAME),
                (rtmsg.rtm_flags(header) & FIB_RULE_INVERT) != 0,
                conditions(attributes, rtmsg.rtm_tos(header) != 0)));
    }

    private static Optional<Prefix> prefix(Attributes attributes, int type, int family, int bits) {
        if (bits > InternetAddress.bits(family)) {
            throw new MalformedMessageException("a rule with a prefix of " + bits + " bits");
        }
        return attributes.bytes(type).map(bytes -> new Prefix(InternetAddress.decode(family, bytes), bits));
    }

    private static Set<Condition> conditions(Attributes attributes, boolean tos) {
        Set<Condition> conditions = EnumSet.noneOf(Condition.class);
        if (tos) {
            conditions.add(Condition.TOS);
        }
        attributes.types().stream()
                .filter(type -> !OTHERWISE_KNOWN.contains(type))
                .map(type -> CONDITIONS.getOrDefault(type, Condition.UNKNOWN))
                .forEach(conditions::add);
        return Set.copyOf(conditions);
    }
}
