package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.Prefix;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Writes the commands that add and remove our rules: libnftables-json(5). The rule has no more in it than iptables can
 * read back: in a table of iptables-nft, a condition that it does not know would keep it from reading the whole table.
 */
final class RuleCommands {
    private RuleCommands() {}

    /** In the order in which they are to be run, as one transaction. */
    static List<ObjectNode> of(ChainId chain, ChainRepair repair) {
        return Stream.concat(
                        repair.deletions().stream().map(handle -> delete(chain, handle)),
                        repair.additions().stream().map(each -> add(chain, each.opening(), each.before())))
                .toList();
    }

    /** @param before the rule that it is put before; empty for the end of the chain */
    private static ObjectNode add(ChainId chain, Opening opening, OptionalLong before) {
        ObjectNode command = JsonNodeFactory.instance.objectNode();
        ObjectNode rule = rule(command.putObject(before.isPresent() ? "insert" : "add"), chain);
        before.ifPresent(handle -> rule.put("handle", handle));
        rule.put("comment", opening.comment());
        ArrayNode statements = rule.putArray("expr");
        if (opening.hook() == Opening.Hook.FORWARD) {
            ObjectNode left = match(statements);
            left.putObject("left").putObject("meta").put("key", opening.isTo() ? "oifname" : "iifname");
            left.put("right", opening.interfaceName());
        }
        ObjectNode address = match(statements);
        address.putObject("left")
                .putObject("payload")
                .put("protocol", opening.family() == 4 ? "ip" : "ip6")
                .put("field", opening.isTo() ? "daddr" : "saddr");
        putAddresses(address, opening.addresses());
        ObjectNode port = match(statements);
        port.putObject("left")
                .putObject("payload")
                .put("protocol", "udp")
                .put("field", opening.isTo() ? "dport" : "sport");
        port.put("right", opening.port());
        statements.addObject().putNull("counter");
        statements.addObject().putNull("accept");
        return command;
    }

    private static ObjectNode delete(ChainId chain, long handle) {
        ObjectNode command = JsonNodeFactory.instance.objectNode();
        rule(command.putObject("delete"), chain).put("handle", handle);
        return command;
    }

    private static ObjectNode rule(ObjectNode command, ChainId chain) {
        return command.putObject("rule")
                .put("family", chain.family())
                .put("table", chain.table())
                .put("chain", chain.name());
    }

    private static ObjectNode match(ArrayNode statements) {
        return statements.addObject().putObject("match").put("op", "==");
    }

    private static void putAddresses(ObjectNode match, Prefix addresses) {
        if (addresses.equals(Prefix.of(addresses.network()))) {
            match.put("right", AddressText.of(addresses.network()));
        } else {
            match.putObject("right")
                    .putObject("prefix")
                    .put("addr", AddressText.of(addresses.network()))
                    .put("len", addresses.bits());
        }
    }
}
