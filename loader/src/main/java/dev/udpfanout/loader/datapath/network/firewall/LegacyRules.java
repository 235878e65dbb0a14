package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.udpfanout.bindings.xtables.LegacyTable;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The table {@code filter} of iptables-legacy, put as nf_tables would have it, so that one walk judges both. A chain of
 * the operator's is named by the place in the table where it begins; a rule's handle is its place.
 */
final class LegacyRules implements RuleSource {
    static final String TABLE = "filter";
    private static final String PLACE = "@";
    /** Of enum nf_inet_hooks: linux/netfilter.h. */
    private static final int INPUT = 1;

    private static final int FORWARD = 2;

    private final int family;
    private final LegacyTable table;
    private final ByteBuffer entries;

    LegacyRules(int family, LegacyTable table) {
        this.family = family;
        this.table = table;
        this.entries = ByteBuffer.wrap(table.entries()).order(ByteOrder.nativeOrder());
    }

    /** Reads the table of the calling thread's network namespace, which must be there. */
    static LegacyRules read(int family) {
        return new LegacyRules(family, LegacyTable.read(family, TABLE));
    }

    /** Its policy is the last of its rules. */
    BaseChain baseChain(Hook hook) {
        int place = table.hookEntries()[hook == Hook.FORWARD ? FORWARD : INPUT];
        return new BaseChain(chain(place), false);
    }

    /** The rules of the chain at a hook; the place in this list is the one that iptables counts by. */
    List<Rule> rules(Hook hook) {
        return rules(baseChain(hook).id());
    }

    private ChainId chain(int place) {
        return new ChainId(family == 4 ? "ip" : "ip6", TABLE, PLACE + place);
    }

    /**
     * To the end of the chain: its policy at a hook, or a return without conditions, which each chain of an operator's
     * has as its last rule.
     */
    @Override
    public List<Rule> rules(ChainId chain) {
        List<Rule> found = new ArrayList<>();
        int place = Integer.parseInt(chain.name().substring(PLACE.length()));
        int last = lastOf(place);
        while (place <= last) {
            LegacyEntry entry = new LegacyEntry(entries, place, family);
            if (entry.isHead()) {
                return found;
            }
            List<JsonNode> statements = new ArrayList<>(entry.statements(PLACE));
            statements.addFirst(counter(entry.packets()));
            found.add(new Rule(place, entry.comment(), statements));
            place = entry.next();
        }
        return found;
    }

    /** Where the last rule of a chain at a hook begins; of an operator's chain, where the table ends at the latest. */
    private int lastOf(int first) {
        for (int hook : List.of(INPUT, FORWARD)) {
            if (table.hookEntries()[hook] == first) {
                return table.underflows()[hook];
            }
        }
        return entries.limit() - 1;
    }

    private static JsonNode counter(long packets) {
        ObjectNode statement = JsonNodeFactory.instance.objectNode();
        statement.putObject("counter").put("packets", packets);
        return statement;
    }
}
