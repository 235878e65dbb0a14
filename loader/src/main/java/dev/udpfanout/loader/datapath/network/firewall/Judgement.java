package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * What one rule does with an opening's packets.
 *
 * @param holds for which of them
 * @param verdict what then
 * @param target the chain of a jump or goto; else empty
 */
record Judgement(Truth holds, Verdict verdict, String target) {
    enum Verdict {
        NONE,
        ACCEPT,
        DROP,
        RETURN,
        JUMP,
        GOTO,
        /** It ends, or may end, the packet's way through the chain in a manner that is not known here. */
        UNKNOWN
    }

    /** Statements that are no conditions. */
    private static final Set<String> WITHOUT_VERDICT =
            Set.of("counter", "log", "mangle", "set", "notrack", "ct helper", "ct timeout", "last", "comment", "dup");

    /** Targets of iptables that end a packet's way: iptables-extensions(8). */
    private static final Map<String, Verdict> TARGETS =
            Map.of("REJECT", Verdict.DROP, "TARPIT", Verdict.DROP, "NFQUEUE", Verdict.UNKNOWN);

    static Judgement of(Rule rule, Opening opening) {
        PacketMatch packets = new PacketMatch(opening);
        Truth holds = Truth.YES;
        for (JsonNode statement : rule.statements()) {
            Iterator<Map.Entry<String, JsonNode>> fields =
                    statement.properties().iterator();
            if (!fields.hasNext()) {
                holds = holds.and(Truth.MAYBE);
                continue;
            }
            Map.Entry<String, JsonNode> only = fields.next();
            Judgement ending = ending(only.getKey(), only.getValue(), holds);
            if (ending != null) {
                return ending;
            }
            holds = holds.and(condition(only.getKey(), only.getValue(), packets));
        }
        return new Judgement(holds, Verdict.NONE, "");
    }

    /** Null if the statement gives no verdict. */
    private static Judgement ending(String statement, JsonNode content, Truth holds) {
        return switch (statement) {
            case "accept" -> new Judgement(holds, Verdict.ACCEPT, "");
            case "drop", "reject" -> new Judgement(holds, Verdict.DROP, "");
            case "return" -> new Judgement(holds, Verdict.RETURN, "");
            case "jump" ->
                new Judgement(holds, Verdict.JUMP, content.path("target").asText());
            case "goto" ->
                new Judgement(holds, Verdict.GOTO, content.path("target").asText());
            case "queue" -> new Judgement(holds, Verdict.UNKNOWN, "");
            // Which of its verdicts is not looked up: it may be none.
            case "vmap" -> new Judgement(holds.and(Truth.MAYBE), Verdict.UNKNOWN, "");
            case "xt" -> target(content, holds);
            default -> null;
        };
    }

    /** An extension of iptables in a rule of iptables-nft: a match, or a target. */
    private static Judgement target(JsonNode extension, Truth holds) {
        Verdict verdict = TARGETS.getOrDefault(extension.path("name").asText(), Verdict.NONE);
        boolean isTarget = extension.path("type").asText().equals("target");
        return isTarget && verdict != Verdict.NONE ? new Judgement(holds, verdict, "") : null;
    }

    private static Truth condition(String statement, JsonNode content, PacketMatch packets) {
        if (statement.equals("match")) {
            return packets.of(content);
        }
        boolean isComment = statement.equals("xt")
                && (content.path("type").asText().equals("target")
                        || content.path("name").asText().equals("comment"));
        return isComment || WITHOUT_VERDICT.contains(statement) ? Truth.YES : Truth.MAYBE;
    }

    /** Whether it may keep some of the packets from getting further. */
    boolean mayDrop() {
        return holds != Truth.NO
                && switch (verdict) {
                    case DROP, JUMP, GOTO, UNKNOWN -> true;
                    case NONE, ACCEPT, RETURN -> false;
                };
    }
}
