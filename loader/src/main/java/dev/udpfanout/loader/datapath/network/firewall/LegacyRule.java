package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.loader.config.Prefix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes an opening's rule as iptables(8) would: struct ipt_entry of linux/netfilter_ipv4/ip_tables.h (or ip6t_entry of
 * ip6_tables.h), the matches udp and comment, and the target ACCEPT. In host byte order, but for addresses.
 */
final class LegacyRule {
    private static final int INTERFACE_BYTES = 16;
    private static final short UDP = 17;
    private static final int MAX_PORT = 0xffff;
    /** struct xt_entry_match and xt_entry_target: size, name, revision. */
    private static final int HEAD_BYTES = 32;

    private static final int NAME_AT = 2;
    /** XT_ALIGN of struct xt_udp: ports and flags. */
    private static final int UDP_BYTES = HEAD_BYTES + 16;
    /** XT_MAX_COMMENT_LEN of linux/netfilter/xt_comment.h. */
    private static final int COMMENT_BYTES = HEAD_BYTES + 256;
    /** struct xt_standard_target; the library writes the verdict for the name. */
    private static final int TARGET_BYTES = HEAD_BYTES + 8;

    private final Opening opening;
    private final int addressBytes;
    private final int inAt;
    private final int protocolAt;
    private final int targetOffsetAt;
    private final int entryBytes;
    private final ByteBuffer bytes;

    private LegacyRule(Opening opening) {
        boolean isV4 = opening.family() == 4;
        this.opening = opening;
        this.addressBytes = isV4 ? 4 : 16;
        this.inAt = 4 * addressBytes;
        this.protocolAt = inAt + 4 * INTERFACE_BYTES;
        this.targetOffsetAt = isV4 ? 88 : 140;
        this.entryBytes = isV4 ? 112 : 168;
        this.bytes = ByteBuffer.allocate(entryBytes + UDP_BYTES + COMMENT_BYTES + TARGET_BYTES)
                .order(ByteOrder.nativeOrder());
    }

    static byte[] of(Opening opening) {
        LegacyRule rule = new LegacyRule(opening);
        rule.putAddress();
        if (opening.hook() == Opening.Hook.FORWARD) {
            rule.putInterface();
        }
        rule.putProtocol();
        int target = rule.putMatches();
        rule.bytes.putShort(rule.targetOffsetAt, (short) target);
        rule.bytes.putShort(rule.targetOffsetAt + Short.BYTES, (short) rule.bytes.capacity());
        rule.putHead(target, TARGET_BYTES, "ACCEPT");
        return rule.bytes.array();
    }

    /** Source, destination, and the mask of each. */
    private void putAddress() {
        Prefix addresses = opening.addresses();
        int at = opening.isTo() ? addressBytes : 0;
        bytes.put(at, addresses.network().getAddress());
        for (int bit = 0; bit < addresses.bits(); bit++) {
            int index = at + 2 * addressBytes + bit / Byte.SIZE;
            bytes.put(index, (byte) (bytes.get(index) | 0x80 >> bit % Byte.SIZE));
        }
    }

    /** Its mask covers the zero byte behind the name: no other name begins with it. */
    private void putInterface() {
        byte[] name = opening.interfaceName().getBytes(StandardCharsets.US_ASCII);
        int at = inAt + (opening.isTo() ? INTERFACE_BYTES : 0);
        bytes.put(at, name);
        for (int i = 0; i <= name.length; i++) {
            bytes.put(at + 2 * INTERFACE_BYTES + i, (byte) 0xff);
        }
    }

    private void putProtocol() {
        bytes.putShort(protocolAt, UDP);
        if (opening.family() == 6) {
            // IP6T_F_PROTO, in flags, which stand behind the traffic class.
            bytes.put(protocolAt + 3, (byte) 1);
        }
    }

    /** Returns where the target begins. */
    private int putMatches() {
        int udp = entryBytes;
        putHead(udp, UDP_BYTES, "udp");
        putPorts(udp + HEAD_BYTES, !opening.isTo());
        putPorts(udp + HEAD_BYTES + 2 * Short.BYTES, opening.isTo());
        int comment = udp + UDP_BYTES;
        putHead(comment, COMMENT_BYTES, "comment");
        bytes.put(comment + HEAD_BYTES, opening.comment().getBytes(StandardCharsets.US_ASCII));
        return comment + COMMENT_BYTES;
    }

    /** First and last: of struct xt_udp, source ports and then destination ports. */
    private void putPorts(int at, boolean isOurs) {
        bytes.putShort(at, (short) (isOurs ? opening.port() : 0));
        bytes.putShort(at + Short.BYTES, (short) (isOurs ? opening.port() : MAX_PORT));
    }

    private void putHead(int at, int size, String name) {
        bytes.putShort(at, (short) size);
        bytes.put(at + NAME_AT, name.getBytes(StandardCharsets.US_ASCII));
    }
}
