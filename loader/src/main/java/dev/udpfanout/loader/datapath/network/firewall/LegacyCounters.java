package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.xtables.LegacyTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the dropping rules and policies of iptables-legacy have counted. */
public final class LegacyCounters {
    private static final Path NET = Path.of("/proc/thread-self/net");
    private static final String NAT = "nat";
    /** In the order of enum nf_inet_hooks. */
    private static final List<String> HOOKS = List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

    private LegacyCounters() {}

    /**
     * Packets by rule, in words: {@code "rule 2 of chain iptables-legacy filter FORWARD"}. Of the calling thread's
     * network namespace; empty where there are no such tables, or they cannot be read.
     */
    public static Map<String, Long> ofDropping() {
        Map<String, Long> packets = new LinkedHashMap<>();
        for (int family : List.of(4, 6)) {
            for (String table : tables(family)) {
                try {
                    packets.putAll(of(family, table, LegacyTable.read(family, table)));
                } catch (SystemCallException e) {
                    // It went meanwhile, or this process may not.
                    continue;
                }
            }
        }
        return packets;
    }

    /** To ask the kernel for a table makes it, so only those that there are are read. A table for NAT drops nothing. */
    private static List<String> tables(int family) {
        try {
            return Files.readAllLines(NET.resolve(family == 4 ? "ip_tables_names" : "ip6_tables_names")).stream()
                    .filter(name -> !name.equals(NAT))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    static Map<String, Long> of(int family, String name, LegacyTable table) {
        Map<String, Long> packets = new LinkedHashMap<>();
        Map<Integer, String> begins = new HashMap<>();
        Map<Integer, String> policies = new HashMap<>();
        for (int hook = 0; hook < HOOKS.size(); hook++) {
            // A table that is not called at a hook has no such place: its number is that of no entry.
            begins.put(table.hookEntries()[hook], HOOKS.get(hook));
            policies.put(table.underflows()[hook], HOOKS.get(hook));
        }
        ByteBuffer entries = ByteBuffer.wrap(table.entries()).order(ByteOrder.nativeOrder());
        String place = (family == 4 ? "iptables-legacy " : "ip6tables-legacy ") + name + " ";
        String chain = "";
        int rule = 0;
        for (int at = 0; at < entries.limit(); ) {
            LegacyEntry entry = new LegacyEntry(entries, at, family);
            if (entry.isHead() || begins.containsKey(at)) {
                chain = entry.isHead() ? entry.chain() : begins.get(at);
                rule = 0;
            }
            if (!entry.isHead()) {
                rule++;
                if (entry.statements("@").stream().anyMatch(LegacyCounters::drops)) {
                    String what = policies.containsKey(at) ? "the policy" : "rule " + rule;
                    packets.put(what + " of chain " + place + chain, entry.packets());
                }
            }
            at = entry.next();
        }
        return packets;
    }

    private static boolean drops(JsonNode statement) {
        return statement.has("drop")
                || statement.path("xt").path("type").asText().equals("target")
                        && statement.path("xt").path("name").asText().equals("REJECT");
    }
}
