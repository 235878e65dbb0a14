package dev.udpfanout.loader.trace.rules;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** By which command a rule goes that {@link RuleCounters} has named. Pure. Sources: nft(8), iptables(8). */
public final class RuleRemoval {
    private static final Pattern RULE = Pattern.compile("rule (\\d+) of chain (\\S+) (\\S+) (\\S+).*");
    private static final Pattern CHAIN = Pattern.compile("chain (\\S+) (\\S+) (\\S+) .*");
    private static final String LEGACY = "-legacy";

    private RuleRemoval() {}

    /** The command; empty for a chain, which drops by its policy or by several rules. */
    public static Optional<String> of(String suspect) {
        Matcher rule = RULE.matcher(suspect);
        if (!rule.matches()) {
            return Optional.empty();
        }
        String family = rule.group(2);
        return Optional.of(
                family.endsWith(LEGACY)
                        ? family + " -t " + rule.group(3) + " -D " + rule.group(4) + " " + rule.group(1)
                        : "nft delete rule " + family + " " + rule.group(3) + " " + rule.group(4) + " handle "
                                + rule.group(1));
    }

    /** What shows the rule, or the chain, with what is around it. */
    public static String look(String suspect) {
        for (Pattern pattern : new Pattern[] {RULE, CHAIN}) {
            Matcher named = pattern.matcher(suspect);
            if (named.matches()) {
                int first = pattern == RULE ? 2 : 1;
                String family = named.group(first);
                String table = named.group(first + 1);
                String chain = named.group(first + 2);
                return family.endsWith(LEGACY)
                        ? family + " -t " + table + " -vnL " + chain + " --line-numbers"
                        : "nft --handle list chain " + family + " " + table + " " + chain;
            }
        }
        return "nft --handle list ruleset; iptables-legacy -vnL --line-numbers";
    }
}
