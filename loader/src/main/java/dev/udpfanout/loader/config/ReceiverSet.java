package dev.udpfanout.loader.config;

import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.List;
import java.util.Optional;

/**
 * Receivers that datagrams are spread over: a listener's own, or its mirror's, which gets copies. Each set has
 * endpoints, a place in the kernel's tables, and counters of its own, by its name.
 *
 * @param listenerId the id of the listener whose they are: its position in the file, or -1
 * @param name unique: the listener's own name, or that with {@code .mirror} behind it
 * @param source where they come from
 * @param spreading how datagrams are spread over them
 * @param delivery how datagrams get to them, and answers back
 */
public record ReceiverSet(int listenerId, String name, Source source, Spreading spreading, Delivery delivery) {
    private static final String MIRROR_SUFFIX = ".mirror";

    /**
     * Where receivers come from.
     *
     * @param family of their addresses; a datagram does not change its family on the way
     * @param downstream receivers from the file; at least one, or none where they come from Kubernetes
     * @param kubernetes where else receivers come from
     * @param preference which receivers from Kubernetes come first
     */
    public record Source(
            StandardProtocolFamily family,
            List<Downstream> downstream,
            Optional<KubernetesSource> kubernetes,
            Preference preference) {
        public Source {
            downstream = List.copyOf(downstream);
        }
    }

    /**
     * How datagrams are spread.
     *
     * @param policy which receiver a datagram goes to
     * @param hashOn what that follows from, if the policy is a hash
     * @param payload what else does
     * @param key the bytes that decide in place of the source, if the policy is a hash
     */
    public record Spreading(Policy policy, HashOn hashOn, Payload payload, Optional<PayloadKey> key) {
        /** Each in turn. */
        public static final Spreading ROUND_ROBIN = new Spreading(Policy.ROUND_ROBIN, HashOn.SOURCE, Payload.NONE);

        /** Without a key. */
        public Spreading(Policy policy, HashOn hashOn, Payload payload) {
            this(policy, hashOn, payload, Optional.empty());
        }
    }

    /**
     * How datagrams get to receivers, and answers back.
     *
     * @param local how they get to a receiver on this node, in the kernel
     * @param replies whether what receivers answer goes back to the client
     * @param onThisNodeOnly whether receivers must be on this node, since only so their answers pass by it
     */
    public record Delivery(LocalDelivery local, boolean replies, boolean onThisNodeOnly) {}

    /** What the endpoint follows from with {@link Policy#HASH}. */
    public enum HashOn {
        /** The source address: all of a client goes to one endpoint. */
        SOURCE,
        /** Source address and port: all of a client's socket does. */
        SOURCE_PORT
    }

    /** Which receivers come first; the others are used only where there is none of these. */
    public enum Preference {
        /** Those on this node. */
        SAME_NODE,
        /** Those in this node's zone. */
        SAME_ZONE,
        /** All alike. */
        ANY
    }

    /**
     * A receiver given in the file.
     *
     * @param name for people
     * @param address its address and UDP port
     * @param weight its part of the datagrams with {@link Policy#WEIGHTED}, 1 without
     */
    public record Downstream(String name, InetSocketAddress address, int weight) {
        /** The weight of a receiver that is to get nothing, whatever the policy: it is about to be taken away. */
        public static final int DRAINED = 0;

        /** What a weight may be at the most. */
        public static final int MAX_WEIGHT = 1000;
    }

    /** How datagrams get to a receiver on this node. */
    public enum LocalDelivery {
        /** {@link #PEER} for each receiver for which that bypasses nothing, {@link #NEIGH} for the others. */
        AUTO,
        /** By the next hop, as to any other receiver: bridge, filters and queues on the way see them. */
        NEIGH,
        /** Straight into the receiver's network namespace, past all that stands on this node's side of its veth. */
        PEER
    }

    /** What a listener's mirror is called. */
    public static String mirrorName(String listener) {
        return listener + MIRROR_SUFFIX;
    }

    /** See {@link Source}. */
    public List<Downstream> downstream() {
        return source.downstream();
    }

    /** See {@link Source}. */
    public Optional<KubernetesSource> kubernetes() {
        return source.kubernetes();
    }

    /** See {@link Spreading}. */
    public Policy policy() {
        return spreading.policy();
    }

    /** See {@link Delivery}. */
    public LocalDelivery localDelivery() {
        return delivery.local();
    }

    /** See {@link Delivery}. */
    public boolean replies() {
        return delivery.replies();
    }

    /** {@code listener_id} in log lines: the listener's position in the file, or the name of a Service's. */
    public Object idInLog() {
        return listenerId < 0 ? name : listenerId;
    }
}
