package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Whether a condition of a rule holds for an opening's packets. What kube-proxy sends to a listener is UDP, translated,
 * and, with the first datagram of each sender, new to connection tracking; a listener's answer belongs to a connection.
 * By which interface a datagram comes, and from where, is not known.
 */
final class PacketMatch {
    private static final Set<String> OTHER_PROTOCOLS =
            Set.of("tcp", "icmp", "icmpv6", "sctp", "dccp", "esp", "ah", "comp", "igmp", "udplite", "arp", "vlan");

    private final Opening opening;

    PacketMatch(Opening opening) {
        this.opening = opening;
    }

    /** @param match the object behind {@code "match"} in libnftables-json(5) */
    Truth of(JsonNode match) {
        JsonNode left = match.path("left");
        JsonNode right = match.path("right");
        Truth holds = left.has("meta")
                ? meta(left.get("meta").path("key").asText(), right)
                : left.has("payload")
                        ? payload(left.get("payload"), right)
                        : left.has("ct") ? tracking(left.get("ct"), right) : Truth.MAYBE;
        return switch (match.path("op").asText()) {
            case "==", "in" -> holds;
            case "!=" -> holds.negated();
            default -> Truth.MAYBE;
        };
    }

    private Truth meta(String key, JsonNode right) {
        return switch (key) {
            case "oifname", "oif" ->
                opening.hook() == Opening.Hook.INPUT ? Truth.MAYBE : ourInterface(opening.isTo(), right);
            case "iifname", "iif" -> ourInterface(!opening.isTo(), right);
            case "l4proto" -> any(right, one -> isText(one, "udp", "17"));
            case "nfproto" -> any(right, one -> isText(one, ipFamily()));
            case "protocol" -> any(right, one -> isText(one, opening.family() == 4 ? "ip" : "ip6"));
            default -> Truth.MAYBE;
        };
    }

    private Truth ourInterface(boolean isOurs, JsonNode right) {
        return isOurs ? any(right, one -> isInterface(one.asText())) : Truth.MAYBE;
    }

    private Truth isInterface(String pattern) {
        boolean isWildcard = pattern.endsWith("*") && !pattern.endsWith("\\*");
        return Truth.of(
                isWildcard
                        ? opening.interfaceName().startsWith(pattern.substring(0, pattern.length() - 1))
                        : opening.interfaceName().equals(pattern));
    }

    private Truth payload(JsonNode payload, JsonNode right) {
        String protocol = payload.path("protocol").asText();
        String field = payload.path("field").asText();
        if (protocol.equals("udp") || protocol.equals("th")) {
            return port(field, right);
        }
        if (protocol.equals("ip") || protocol.equals("ip6")) {
            return protocol.equals("ip") == (opening.family() == 4) ? header(field, right) : Truth.NO;
        }
        return OTHER_PROTOCOLS.contains(protocol) ? Truth.NO : Truth.MAYBE;
    }

    private Truth port(String field, JsonNode right) {
        return field.equals(opening.isTo() ? "dport" : "sport") ? any(right, this::isPort) : Truth.MAYBE;
    }

    private Truth isPort(JsonNode one) {
        if (one.has("range")) {
            JsonNode range = one.get("range");
            return Truth.of(range.path(0).asInt() <= opening.port()
                    && opening.port() <= range.path(1).asInt());
        }
        return one.isInt() ? Truth.of(one.asInt() == opening.port()) : Truth.MAYBE;
    }

    private Truth header(String field, JsonNode right) {
        return switch (field) {
            case "daddr" -> opening.isTo() ? any(right, one -> AddressMatch.of(opening.addresses(), one)) : Truth.MAYBE;
            case "saddr" -> opening.isTo() ? Truth.MAYBE : any(right, one -> AddressMatch.of(opening.addresses(), one));
            case "protocol" -> any(right, one -> isText(one, "udp", "17"));
            default -> Truth.MAYBE;
        };
    }

    /** Of a connection's state and status, which are sets of flags: one that is given is enough. */
    private Truth tracking(JsonNode tracked, JsonNode right) {
        return switch (tracked.path("key").asText()) {
            case "state" -> any(right, one -> isText(one, opening.isTo() ? "new" : "established"));
            case "status" -> any(right, one -> isText(one, "dnat").or(Truth.MAYBE));
            default -> Truth.MAYBE;
        };
    }

    private String ipFamily() {
        return opening.family() == 4 ? "ipv4" : "ipv6";
    }

    private static Truth isText(JsonNode one, String... texts) {
        return one.isValueNode() ? Truth.of(Set.of(texts).contains(one.asText())) : Truth.MAYBE;
    }

    /** Of one value, of a list of flags, of a set's elements; the elements of a named set are not known. */
    private static Truth any(JsonNode right, Function<JsonNode, Truth> test) {
        Optional<JsonNode> several = right.isArray() ? Optional.of(right) : Optional.ofNullable(right.get("set"));
        if (several.isPresent() && several.get().isArray()) {
            Truth found = Truth.NO;
            for (JsonNode element : several.get()) {
                found = found.or(
                        test.apply(element.has("elem") ? element.path("elem").path("val") : element));
            }
            return found;
        }
        return right.isTextual() && right.asText().startsWith("@") ? Truth.MAYBE : test.apply(right);
    }
}
