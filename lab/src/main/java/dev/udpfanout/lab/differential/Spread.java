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

    /** The Service whose endpoints get copies. */
    static final String MIRROR_SERVICE = "mirror-receivers";

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
                    // A Service with replies uses endpoints of its node alone, and some networks have none there.
                    case REPLIES -> way != Way.SERVICE;
                    case ROUND_ROBIN, WEIGHTED, HASH -> true;
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

    /** What a Kubernetes object may be called. */
    String word() {
        return label.replace('_', '-');
    }

    /** The annotations by which a Service does the same, as members of a JSON object. */
    String annotations() {
        String policy = "\"udpfanout.dev/policy\":\"%s\"";
        return switch (this) {
            case ROUND_ROBIN, WEIGHTED, REPLICATE -> policy.formatted(label);
            case HASH -> policy.formatted(label) + ",\"udpfanout.dev/hash-on\":\"source_port\"";
            case REPLIES -> policy.formatted(ROUND_ROBIN.label) + ",\"udpfanout.dev/replies\":\"true\"";
            case MIRROR -> policy.formatted(ROUND_ROBIN.label) + ",\"udpfanout.dev/mirror\":\"" + MIRROR_SERVICE + "\"";
        };
    }

    /** The listener's keys, to stand between braces. */
    String yaml() {
        return keys;
    }
}
