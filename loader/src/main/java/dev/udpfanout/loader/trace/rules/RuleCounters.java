package dev.udpfanout.loader.trace.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.bindings.nftables.Nftables;
import dev.udpfanout.loader.datapath.network.firewall.LegacyCounters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the counters of the packet filter's dropping rules say, so that a comparison shows which rule has dropped
 * something: rules of nf_tables, those of iptables-nft among them, and those of iptables-legacy. A dropping rule
 * without a counter has only its name. Source: libnftables-json(5).
 *
 * @param packets by rule, in words
 * @param droppingChains base chains whose policy is to drop, with the hook
 * @param uncounted dropping rules without a counter, with the hook of their chain if it is a base chain
 */
public record RuleCounters(Map<String, Long> packets, List<String> droppingChains, List<String> uncounted) {
    private static final String LIST = "{\"nftables\":[{\"list\":{\"ruleset\":{}}}]}";
    private static final List<String> NOT_DROPPING = List.of("accept", "jump", "goto", "return", "continue");

    /** Of the calling thread's network namespace; nothing of what cannot be read. */
    public static RuleCounters read() {
        Map<String, Long> legacy = LegacyCounters.ofDropping();
        try (Nftables nftables = Nftables.open()) {
            return of(new ObjectMapper().readTree(nftables.run(LIST)), legacy);
        } catch (RuntimeException | JsonProcessingException e) {
            return new RuleCounters(legacy, List.of(), List.of());
        }
    }

    private static RuleCounters of(JsonNode ruleset, Map<String, Long> legacy) {
        Map<String, Long> packets = new LinkedHashMap<>(legacy);
        List<String> chains = new ArrayList<>();
        List<String> uncounted = new ArrayList<>();
        Map<String, String> hooks = new HashMap<>();
        for (JsonNode object : ruleset.path("nftables")) {
            JsonNode chain = object.path("chain");
            if (chain.has("hook")) {
                hooks.put(place(chain, "name"), ", hook " + chain.path("hook").asText());
            }
            if (chain.path("policy").asText().equals("drop")) {
                chains.add("chain " + place(chain, "name") + " (policy drop, hook "
                        + chain.path("hook").asText() + ")");
            }
            JsonNode rule = object.path("rule");
            long counted = counter(rule);
            if (drops(rule)) {
                String name = "rule " + rule.path("handle").asLong() + " of chain " + place(rule, "chain");
                if (counted >= 0) {
                    packets.put(name, counted);
                } else {
                    uncounted.add(name + " (it drops, and counts nothing" + hooks.getOrDefault(place(rule, "chain"), "")
                            + ")");
                }
            }
        }
        return new RuleCounters(packets, List.copyOf(chains), List.copyOf(uncounted));
    }

    /** {@code "inet filter forward"}: as {@code nft list chain} takes it. */
    private static String place(JsonNode object, String chain) {
        return object.path("family").asText() + " " + object.path("table").asText() + " "
                + object.path(chain).asText();
    }

    private static long counter(JsonNode rule) {
        for (JsonNode expression : rule.path("expr")) {
            if (expression.path("counter").has("packets")) {
                return expression.path("counter").path("packets").asLong();
            }
        }
        return -1;
    }

    /** What iptables-nft writes for an extension, such as REJECT, is opaque here; in the NAT table it drops nothing. */
    private static boolean drops(JsonNode rule) {
        boolean isOpaque = false;
        for (JsonNode expression : rule.path("expr")) {
            if (expression.has("drop") || expression.has("reject")) {
                return true;
            }
            if (NOT_DROPPING.stream().anyMatch(expression::has)) {
                return false;
            }
            isOpaque |= expression.has("xt");
        }
        return isOpaque && !rule.path("table").asText().equals("nat");
    }

    /** Those rules that have counted more since then, with how many packets. */
    public List<String> movedSince(RuleCounters before) {
        return packets.entrySet().stream()
                .filter(rule -> rule.getValue() > before.packets.getOrDefault(rule.getKey(), 0L))
                .map(rule -> rule.getKey() + " (+" + (rule.getValue() - before.packets.getOrDefault(rule.getKey(), 0L))
                        + ")")
                .toList();
    }
}
