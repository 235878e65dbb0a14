package dev.udpfanout.lab.differential;

import java.util.Arrays;
import java.util.List;

/** What a listener does with its datagrams; each has a port of the VIP of its own. */
enum Spread {
    ROUND_ROBIN("round_robin", "policy: round_robin"),
    WEIGHTED("weighted", "policy: weighted"),
    HASH("hash", "policy: hash, hash_on: source_port"),
    REPLICATE("replicate", "policy: replicate"),
    /** Endpoints answer, and a datagram is delivered when the answer is there. */
    REPLIES("replies", "policy: round_robin, replies: true"),
    /** A datagram is delivered when it and its copy are there. */
    MIRROR("mirror", "policy: round_robin");

    private static final int FIRST_PORT = 5514;

    private final String label;
    private final String keys;

    Spread(String label, String keys) {
        this.label = label;
        this.keys = keys;
    }

    /** Those that listeners on a way in can have: copies need a hook at ingress, a mirror needs the kernel. */
    static List<Spread> of(Way way) {
        return Arrays.stream(values())
                .filter(spread -> switch (spread) {
                    case REPLICATE -> way != Way.DUMMY_EGRESS;
                    case MIRROR -> way != Way.DUMMY_EGRESS && way != Way.USER_SPACE;
                    case ROUND_ROBIN, WEIGHTED, HASH, REPLIES -> true;
                })
                .toList();
    }

    /** One word, for tables. */
    String label() {
        return label;
    }

    /** The VIP's port and the listener's. */
    int port() {
        return FIRST_PORT + ordinal();
    }

    /** The listener's keys, to stand between braces. */
    String yaml() {
        return keys;
    }
}
