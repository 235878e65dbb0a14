// Written by bindings/generate from bpf/src/main/c/udp_fanout.h

package dev.udpfanout.bindings.abi.listener;

import java.util.EnumSet;
import java.util.Set;

/** What the kernel program does with a listener's datagrams beyond the rule: {@code UF_LISTENER_*}. */
public enum ListenerFlag {
    /** The datagram is for this node's own receiver: leave it to the stack, never balance it again. */
    PASS(1),
    /** The endpoint follows from the source address, by the listener's table in HASH_TABLES. */
    HASH_SOURCE(2),
    /** The same, from source address and port. */
    HASH_SOURCE_PORT(4),
    /** Only sources in ALLOWED_SOURCES are forwarded. */
    ALLOW(8),
    /** Only as much as LIMITS says is forwarded. */
    RATE_LIMIT(16),
    /** Every endpoint gets a copy, up to UF_MAX_COPIES. */
    REPLICATE(32),
    /** Another set of endpoints gets a copy of some datagrams: MIRRORS says of how many, and which. */
    MIRROR(64),
    /** What endpoints answer goes back to the client: FLOWS. */
    REPLIES(128),
    /** With UF_LISTENER_REPLIES, on a dummy interface: by the stack, which has changed the destination before. */
    REPLIES_BY_STACK(256),
    /** Fragments that may be cut go through the stack: all pieces of one datagram go one way. */
    FRAGMENTS_BY_STACK(512),
    /** IPv4 sources to which no route leads are refused: rp_filter of the interface is 2. */
    REVERSE_PATH_LOOSE(1024),
    /** So are those to which the route leads by another interface: rp_filter of the interface is 1. */
    REVERSE_PATH_STRICT(2048),
    /** On a dummy interface: what the program itself says to a sender goes by the stack, which has changed the destination before, and knows to whom it was. */
    ANSWERS_BY_STACK(4096),
    /** The stack sends on, which applies the IPsec policy that is for an endpoint. */
    BY_STACK(8192),
    /** IPv6 larger than "mtu" was put together by the bridge's netfilter, so the stack may cut it. */
    REASSEMBLED(16384),
    /** No rule and no route looks at the sender: the way to an endpoint is the same for all of them. */
    WAYS_BY_ENDPOINT(32768),
    /** NetFlow v9, IPFIX: every endpoint gets the templates, up to UF_MAX_COPIES; one gets the data. */
    NETFLOW(65536),
    /** With UF_LISTENER_HASH_SOURCE: bytes of the payload decide, where PAYLOAD_KEYS says so. */
    HASH_PAYLOAD(131072),
    /** Once LEASE has run out, datagrams go to the next program and the stack, as without a listener. */
    LEASED(16777216);

    private final int bit;

    ListenerFlag(int bit) {
        this.bit = bit;
    }

    /** The bit in {@code uf_listener.flags}. */
    public int bit() {
        return bit;
    }

    static int bits(Set<ListenerFlag> flags) {
        return flags.stream().mapToInt(ListenerFlag::bit).sum();
    }

    static Set<ListenerFlag> of(int bits) {
        Set<ListenerFlag> flags = EnumSet.noneOf(ListenerFlag.class);
        for (ListenerFlag flag : values()) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
