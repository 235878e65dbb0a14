package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.udpfanout.bindings.nftables.Nftables;
import dev.udpfanout.bindings.nftables.NftablesException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * The kernel's ruleset as it is read: chains first, the rules of each chain when they are asked for, once. A node with
 * many Services has tens of thousands of rules, few of them at the hooks that matter here.
 */
final class Ruleset implements RuleSource {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FAMILIES = Set.of("ip", "ip6", "inet");

    private final Nftables nftables;
    private final Map<ChainId, List<Rule>> rules = new HashMap<>();

    Ruleset(Nftables nftables) {
        this.nftables = nftables;
    }

    /** The chains of type filter at a hook: each of them judges for itself. */
    List<BaseChain> baseChains(Opening.Hook hook) {
        List<BaseChain> found = new ArrayList<>();
        ObjectNode all = object();
        all.putObject("list").putNull("chains");
        for (JsonNode each : objects(run(all), "chain")) {
            if (each.path("hook").asText().equals(hook.label())
                    && FAMILIES.contains(each.path("family").asText())) {
                ChainId id = new ChainId(
                        each.path("family").asText(),
                        each.path("table").asText(),
                        each.path("name").asText());
                found.add(new BaseChain(id, each.path("policy").asText().equals("drop")));
            }
        }
        return found;
    }

    @Override
    public List<Rule> rules(ChainId chain) {
        return rules.computeIfAbsent(chain, this::read);
    }

    private List<Rule> read(ChainId chain) {
        ObjectNode command = object();
        command.putObject("list")
                .putObject("chain")
                .put("family", chain.family())
                .put("table", chain.table())
                .put("name", chain.name());
        return objects(run(command), "rule").stream()
                .map(rule -> new Rule(
                        rule.path("handle").asLong(),
                        rule.path("comment").asText(""),
                        StreamSupport.stream(rule.path("expr").spliterator(), false)
                                .toList()))
                .toList();
    }

    /** Changes the rules of a chain, all or none; the chain is read anew afterwards. */
    void change(ChainId chain, List<ObjectNode> commands) {
        rules.remove(chain);
        run(commands.toArray(ObjectNode[]::new));
    }

    /** Reads the chain anew at the next use. */
    void forget(ChainId chain) {
        rules.remove(chain);
    }

    private String run(ObjectNode... commands) {
        ObjectNode document = object();
        ArrayNode list = document.putArray("nftables");
        for (ObjectNode command : commands) {
            list.add(command);
        }
        return nftables.run(document.toString());
    }

    private static List<JsonNode> objects(String answer, String kind) {
        try {
            return StreamSupport.stream(JSON.readTree(answer).path("nftables").spliterator(), false)
                    .filter(each -> each.has(kind))
                    .map(each -> each.get(kind))
                    .toList();
        } catch (JsonProcessingException e) {
            throw new NftablesException("libnftables answered with no JSON: " + e.getOriginalMessage());
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
