package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.udpfanout.bindings.nftables.Nftables;
import dev.udpfanout.bindings.nftables.NftablesException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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

    /** The chains of type filter at a hook: each of them judges for itself. Goes through all chains that there are. */
    List<BaseChain> baseChains(Opening.Hook hook) {
        ObjectNode all = object();
        all.putObject("list").putNull("chains");
        return objects(run(all), "chain", chain -> isBaseChain(chain, hook)).stream()
                .map(Ruleset::baseChain)
                .toList();
    }

    /** Those of these chains that are still there, with the policies that they have now: at little cost. */
    List<BaseChain> stillThere(List<BaseChain> known, Opening.Hook hook) {
        List<BaseChain> found = new ArrayList<>();
        for (BaseChain chain : known) {
            try {
                objects(run(list(chain.id())), "chain", each -> isBaseChain(each, hook))
                        .forEach(each -> found.add(baseChain(each)));
            } catch (NftablesException e) {
                // It has gone, or its table has.
                continue;
            }
        }
        return found;
    }

    /** Whether there is a chain, base chain or not. */
    boolean hasChain(ChainId chain) {
        try {
            return !objects(run(list(chain)), "chain", each -> true).isEmpty();
        } catch (NftablesException e) {
            // Neither it nor, perhaps, its table is there.
            return false;
        }
    }

    /** The maps of a table with their elements; none if there is no such table. */
    List<JsonNode> maps(String family, String table) {
        ObjectNode command = object();
        command.putObject("list").putObject("table").put("family", family).put("name", table);
        try {
            return objects(run(command), "map", map -> true);
        } catch (NftablesException e) {
            return List.of();
        }
    }

    private static boolean isBaseChain(JsonNode chain, Opening.Hook hook) {
        return chain.path("hook").asText().equals(hook.label())
                && FAMILIES.contains(chain.path("family").asText());
    }

    private static BaseChain baseChain(JsonNode chain) {
        ChainId id = new ChainId(
                chain.path("family").asText(),
                chain.path("table").asText(),
                chain.path("name").asText());
        return new BaseChain(id, chain.path("policy").asText().equals("drop"));
    }

    @Override
    public List<Rule> rules(ChainId chain) {
        return rules.computeIfAbsent(chain, this::read);
    }

    private List<Rule> read(ChainId chain) {
        return objects(run(list(chain)), "rule", rule -> true).stream()
                .map(rule -> new Rule(
                        rule.path("handle").asLong(),
                        rule.path("comment").asText(""),
                        StreamSupport.stream(rule.path("expr").spliterator(), false)
                                .toList()))
                .toList();
    }

    private static ObjectNode list(ChainId chain) {
        ObjectNode command = object();
        command.putObject("list")
                .putObject("chain")
                .put("family", chain.family())
                .put("table", chain.table())
                .put("name", chain.name());
        return command;
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

    /** One after the other: the chains of a large cluster are not all in memory at a time. */
    private static List<JsonNode> objects(String answer, String kind, Predicate<JsonNode> wanted) {
        List<JsonNode> found = new ArrayList<>();
        try (JsonParser json = JSON.createParser(answer)) {
            JsonToken token = json.nextToken();
            while (token != null && token != JsonToken.START_ARRAY) {
                token = json.nextToken();
            }
            while (json.nextToken() == JsonToken.START_OBJECT) {
                JsonNode object = JSON.<JsonNode>readTree(json).path(kind);
                if (!object.isMissingNode() && wanted.test(object)) {
                    found.add(object);
                }
            }
            return found;
        } catch (IOException e) {
            throw new NftablesException("libnftables answered with no JSON: " + e.getMessage());
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
