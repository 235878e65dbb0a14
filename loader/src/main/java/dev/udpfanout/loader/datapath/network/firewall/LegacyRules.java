package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
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
    private static final String TABLE = "filter";
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

    private ChainId chain(int place) {
        return new ChainId(family == 4 ? "ip" : "ip6", TABLE, PLACE + place);
    }

    /**
     * To the end of the chain: a rule without conditions that ends it, which chains of iptables always have (its
     * policy, or a return).
     */
    @Override
    public List<Rule> rules(ChainId chain) {
        List<Rule> found = new ArrayList<>();
        int place = Integer.parseInt(chain.name().substring(PLACE.length()));
        while (place < entries.limit()) {
            LegacyEntry entry = new LegacyEntry(entries, place, family);
            if (entry.isHead()) {
                return found;
            }
            List<JsonNode> statements = entry.statements(PLACE);
            found.add(new Rule(place, "", statements));
            place = entry.next();
        }
        return found;
    }
}
