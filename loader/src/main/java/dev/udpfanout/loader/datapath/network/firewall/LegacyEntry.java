package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One rule of iptables-legacy in the bytes of its table: struct ipt_entry of linux/netfilter_ipv4/ip_tables.h, or
 * struct ip6t_entry of ip6_tables.h. What is not understood becomes a condition that may hold.
 */
final class LegacyEntry {
    private static final int INTERFACE_BYTES = 16;
    private static final int UDP = 17;
    /** XT_MAX_COMMENT_LEN of linux/netfilter/xt_comment.h. */
    private static final int COMMENT_BYTES = 256;

    private static final int COUNTERS_BYTES = 16;
    private static final int EXTENSION_NAME = 2;
    private static final int EXTENSION_NAME_BYTES = 29;
    private static final int EXTENSION_DATA = 32;
    private static final int STANDARD_RETURN = -5;
    private static final int STANDARD_DROP = -1;
    private static final int STANDARD_ACCEPT = -2;
    private static final int INVERTED_IN = 0x01;
    private static final int INVERTED_OUT = 0x02;
    private static final int INVERTED_SOURCE = 0x08;
    private static final int INVERTED_DESTINATION = 0x10;
    private static final int INVERTED_FRAGMENT = 0x20;
    private static final int INVERTED_PROTOCOL = 0x40;
    private static final int FRAGMENT = 0x01;
    private static final int GOTO_V4 = 0x02;
    private static final int GOTO_V6 = 0x04;

    private final ByteBuffer table;
    private final int place;
    private final int addressBytes;
    private final Layout layout;

    /** Places of the fields within an entry, in bytes. */
    private record Layout(int in, int protocol, int flags, int invertedFlags, int targetOffset, int size) {
        static final Layout V4 = new Layout(16, 80, 82, 83, 88, 112);
        static final Layout V6 = new Layout(64, 128, 131, 132, 140, 168);
    }

    LegacyEntry(ByteBuffer table, int place, int family) {
        this.table = table;
        this.place = place;
        this.addressBytes = family == 4 ? 4 : 16;
        this.layout = family == 4 ? Layout.V4 : Layout.V6;
    }

    /** Where the next entry begins; always behind this one. */
    int next() {
        return place + Math.max(layout.size(), word(layout.targetOffset() + Short.BYTES));
    }

    /** Whether it is no rule, but stands at the head of a chain, or at the end of the table: target ERROR. */
    boolean isHead() {
        return name(target()).equals("ERROR");
    }

    /** The chain whose head it is: struct xt_error_target. */
    String chain() {
        return string(target() + EXTENSION_DATA, EXTENSION_NAME_BYTES);
    }

    /** Of its match comment; empty if it has none. */
    String comment() {
        for (int match = place + layout.size();
                match < target();
                match += Math.max(EXTENSION_DATA, table.getShort(match))) {
            if (name(match).equals("comment")) {
                return string(match + EXTENSION_DATA, COMMENT_BYTES);
            }
        }
        return "";
    }

    /** struct xt_counters: packets and bytes, the last fields of an entry. */
    long packets() {
        return table.getLong(place + layout.size() - COUNTERS_BYTES);
    }

    /** As libnftables-json(5) would have it. */
    List<JsonNode> statements(String chainPrefix) {
        List<JsonNode> all = new ArrayList<>();
        int inverted = table.get(place + layout.invertedFlags());
        address(all, "saddr", 0, 2 * addressBytes, (inverted & INVERTED_SOURCE) != 0);
        address(all, "daddr", addressBytes, 3 * addressBytes, (inverted & INVERTED_DESTINATION) != 0);
        device(all, "iifname", layout.in(), (inverted & INVERTED_IN) != 0);
        device(all, "oifname", layout.in() + INTERFACE_BYTES, (inverted & INVERTED_OUT) != 0);
        int protocol = word(layout.protocol());
        if (protocol != 0) {
            meta(all, "l4proto", protocol == UDP ? "udp" : "" + protocol, (inverted & INVERTED_PROTOCOL) != 0);
        }
        boolean asksForFragments = addressBytes == 4 && (table.get(place + layout.flags()) & FRAGMENT) != 0
                || (inverted & INVERTED_FRAGMENT) != 0;
        if (asksForFragments) {
            extension(all, "match", "frag");
        }
        for (int match = place + layout.size();
                match < target();
                match += Math.max(EXTENSION_DATA, table.getShort(match))) {
            match(all, match);
        }
        verdict(all, chainPrefix);
        return all;
    }

    private void match(List<JsonNode> all, int at) {
        String name = name(at);
        if (name.equals("udp")) {
            ports(all, "sport", at + EXTENSION_DATA, (table.get(at + EXTENSION_DATA + 8) & 1) != 0);
            ports(all, "dport", at + EXTENSION_DATA + 4, (table.get(at + EXTENSION_DATA + 8) & 2) != 0);
        } else {
            extension(all, "match", name);
        }
    }

    /** struct xt_udp: spts[2], dpts[2], invflags. */
    private void ports(List<JsonNode> all, String field, int at, boolean inverted) {
        int first = Short.toUnsignedInt(table.getShort(at));
        int last = Short.toUnsignedInt(table.getShort(at + Short.BYTES));
        if (first == 0 && last == 0xffff && !inverted) {
            return;
        }
        ObjectNode match = match(all, inverted);
        match.putObject("left").putObject("payload").put("protocol", "udp").put("field", field);
        match.putObject("right").putArray("range").add(first).add(last);
    }

    private void verdict(List<JsonNode> all, String chainPrefix) {
        String name = name(target());
        if (!name.isEmpty()) {
            extension(all, "target", name);
            return;
        }
        int verdict = table.getInt(target() + EXTENSION_DATA);
        ObjectNode statement = JsonNodeFactory.instance.objectNode();
        switch (verdict) {
            case STANDARD_ACCEPT -> statement.putNull("accept");
            case STANDARD_DROP -> statement.putNull("drop");
            case STANDARD_RETURN -> statement.putNull("return");
            default -> {
                boolean leadsOn = verdict == next();
                if (verdict < 0) {
                    statement.putNull("queue");
                } else if (!leadsOn) {
                    int flag = addressBytes == 4 ? GOTO_V4 : GOTO_V6;
                    boolean isGoto = (table.get(place + layout.flags()) & flag) != 0;
                    statement.putObject(isGoto ? "goto" : "jump").put("target", chainPrefix + verdict);
                } else {
                    statement.putNull("counter");
                }
            }
        }
        all.add(statement);
    }

    private void address(List<JsonNode> all, String field, int at, int maskAt, boolean inverted) {
        byte[] mask = bytes(maskAt, addressBytes);
        int bits = prefixLength(mask);
        if (bits == 0 && !inverted) {
            return;
        }
        if (bits < 0) {
            extension(all, "match", "mask");
            return;
        }
        ObjectNode match = match(all, inverted);
        match.putObject("left")
                .putObject("payload")
                .put("protocol", addressBytes == 4 ? "ip" : "ip6")
                .put("field", field);
        match.putObject("right")
                .putObject("prefix")
                .put("addr", text(bytes(at, addressBytes)))
                .put("len", bits);
    }

    /** Negative if it is none. */
    private static int prefixLength(byte[] mask) {
        int bits = 0;
        while (bits < mask.length * Byte.SIZE && (mask[bits / Byte.SIZE] & 0x80 >> bits % Byte.SIZE) != 0) {
            bits++;
        }
        for (int rest = bits; rest < mask.length * Byte.SIZE; rest++) {
            if ((mask[rest / Byte.SIZE] & 0x80 >> rest % Byte.SIZE) != 0) {
                return -1;
            }
        }
        return bits;
    }

    private static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The mask has the length of what is compared: a name with its zero byte, or the beginning of one. */
    private void device(List<JsonNode> all, String key, int at, boolean inverted) {
        byte[] mask = bytes(at + 2 * INTERFACE_BYTES, INTERFACE_BYTES);
        if (mask[0] == 0) {
            return;
        }
        int compared = 0;
        while (compared < mask.length && mask[compared] != 0) {
            compared++;
        }
        String name = string(place + at, INTERFACE_BYTES);
        meta(all, key, compared > name.length() ? name : name.substring(0, compared) + "*", inverted);
    }

    private static void meta(List<JsonNode> all, String key, String value, boolean inverted) {
        ObjectNode match = match(all, inverted);
        match.putObject("left").putObject("meta").put("key", key);
        match.put("right", value);
    }

    private static ObjectNode match(List<JsonNode> all, boolean inverted) {
        ObjectNode statement = JsonNodeFactory.instance.objectNode();
        all.add(statement);
        return statement.putObject("match").put("op", inverted ? "!=" : "==");
    }

    private static void extension(List<JsonNode> all, String type, String name) {
        ObjectNode statement = JsonNodeFactory.instance.objectNode();
        statement.putObject("xt").put("type", type).put("name", name);
        all.add(statement);
    }

    private int target() {
        return place + word(layout.targetOffset());
    }

    private String name(int extension) {
        return string(extension + EXTENSION_NAME, EXTENSION_NAME_BYTES);
    }

    private int word(int at) {
        return Short.toUnsignedInt(table.getShort(place + at));
    }

    private byte[] bytes(int at, int length) {
        byte[] found = new byte[length];
        table.get(place + at, found);
        return found;
    }

    private String string(int at, int maxBytes) {
        int length = 0;
        while (length < maxBytes && table.get(at + length) != 0) {
            length++;
        }
        byte[] text = new byte[length];
        table.get(at, text);
        return new String(text, StandardCharsets.US_ASCII);
    }
}
