package dev.udpfanout.bench.program;

import java.util.ArrayList;
import java.util.List;

/**
 * One kind of packets, and the listeners that they are for.
 *
 * @param name for people
 * @param target which program gets them
 * @param keys what the listeners have besides address and receivers, as YAML in a line; ends with a comma unless empty
 * @param clients how many take turns, each with an address and a port of its own
 * @param endpoints of each listener
 * @param listeners how many take turns
 * @param fate what becomes of the packets
 * @param copies made of each packet, which the kernel puts into a queue of a thousand
 * @param contents of the datagrams
 */
record Load(
        String name,
        Family family,
        Target target,
        String keys,
        int clients,
        int endpoints,
        int listeners,
        Fate fate,
        int copies,
        Contents contents) {
    static final int FEW_ENDPOINTS = 3;
    static final int MANY_CLIENTS = 1000;
    /** What the others of {@link #featured} are compared with. */
    static final String ROUND_ROBIN_BESIDE = "round robin beside the others";

    /** Whose cost it is. */
    enum Target {
        /** The program at the interface's ingress. */
        REQUEST,
        /** The program that sees the receivers' answers. */
        ANSWER,
        /** One store and one redirect. */
        FLOOR,
        /** A program that does nothing. */
        NONE
    }

    /** What becomes of a packet. */
    enum Fate {
        /** It goes to a receiver, with a hop less. */
        REDIRECTED(7),
        /** It is left to whoever is next on the hook. */
        LEFT(-1),
        /** It is redirected by a program that edits nothing that counts. */
        UNEDITED(7);

        private final int verdict;

        Fate(int verdict) {
            this.verdict = verdict;
        }

        /** TC_ACT_* of linux/pkt_cls.h. */
        int verdict() {
            return verdict;
        }
    }

    /** As many packets take turns. */
    int packets() {
        return Math.max(clients, listeners);
    }

    /** Whether udp-fanout's program gets them. */
    boolean isOurs() {
        return target == Target.REQUEST || target == Target.ANSWER;
    }

    /** A node whose listeners have nothing more than an address and receivers. */
    static List<Load> plain() {
        List<Load> loads = new ArrayList<>();
        loads.add(new Load(
                "the empty program", Family.IPV4, Target.NONE, "", MANY_CLIENTS, 0, 0, Fate.LEFT, 0, Contents.ZEROS));
        for (Family family : Family.values()) {
            loads.add(
                    new Load("floor", family, Target.FLOOR, "", MANY_CLIENTS, 0, 0, Fate.UNEDITED, 0, Contents.ZEROS));
            for (int clients : List.of(1, 32, MANY_CLIENTS)) {
                loads.add(forwarded("round robin", family, "", clients, FEW_ENDPOINTS));
            }
            for (int endpoints : List.of(50, 1000)) {
                loads.add(forwarded("round robin", family, "", MANY_CLIENTS, endpoints));
            }
            loads.add(new Load(
                    "round robin, 50 listeners in turn",
                    family,
                    Target.REQUEST,
                    "",
                    MANY_CLIENTS,
                    FEW_ENDPOINTS,
                    50,
                    Fate.REDIRECTED,
                    0,
                    Contents.ZEROS));
            loads.add(new Load(
                    "not a listener's", family, Target.REQUEST, "", MANY_CLIENTS, 0, 0, Fate.LEFT, 0, Contents.ZEROS));
        }
        return List.copyOf(loads);
    }

    /** A node whose listeners have, one each, all that there is. */
    static List<Load> featured() {
        List<Load> loads = new ArrayList<>();
        for (Family family : Family.values()) {
            loads.add(forwarded(ROUND_ROBIN_BESIDE, family, "", MANY_CLIENTS, FEW_ENDPOINTS));
            loads.add(forwarded("weighted", family, "policy: weighted,", MANY_CLIENTS, FEW_ENDPOINTS));
            loads.add(forwarded("hash", family, "policy: hash,", MANY_CLIENTS, FEW_ENDPOINTS));
            loads.add(forwarded(
                    "hash of the port too",
                    family,
                    "policy: hash, hash_on: source_port,",
                    MANY_CLIENTS,
                    FEW_ENDPOINTS));
            loads.add(forwarded(
                    "hash of 8 bytes of the payload",
                    family,
                    "policy: hash, hash_on: { payload: { length: 8 } },",
                    MANY_CLIENTS,
                    FEW_ENDPOINTS));
            loads.add(forwarded("StatsD metric", family, "policy: hash, payload: statsd,", MANY_CLIENTS, FEW_ENDPOINTS)
                    .holding(Contents.STATSD_METRIC));
            loads.add(forwarded("NetFlow data", family, "payload: netflow,", MANY_CLIENTS, FEW_ENDPOINTS)
                    .holding(Contents.NETFLOW_DATA));
            loads.add(forwarded(
                    "allow", family, "allow: [ \"" + family.clients() + "\" ],", MANY_CLIENTS, FEW_ENDPOINTS));
            loads.add(forwarded(
                    "rate_limit",
                    family,
                    "rate_limit: { packets_per_second: 100000000 },",
                    MANY_CLIENTS,
                    FEW_ENDPOINTS));
            for (int clients : List.of(1, MANY_CLIENTS)) {
                loads.add(forwarded("replies", family, "replies: true,", clients, FEW_ENDPOINTS));
            }
            loads.addAll(copied(family));
            loads.add(answer(family));
        }
        return List.copyOf(loads);
    }

    private static List<Load> copied(Family family) {
        Load mirror = forwarded("mirror of each", family, mirror(family), MANY_CLIENTS, FEW_ENDPOINTS);
        Load replicate = forwarded("replicate", family, "policy: replicate,", MANY_CLIENTS, FEW_ENDPOINTS);
        // The datagram itself goes to the first receiver: copy.h.
        return List.of(mirror.making(1), replicate.making(FEW_ENDPOINTS - 1));
    }

    private static Load answer(Family family) {
        return new Load(
                "replies: the answer",
                family,
                Target.ANSWER,
                "replies: true,",
                MANY_CLIENTS,
                FEW_ENDPOINTS,
                1,
                Fate.REDIRECTED,
                0,
                Contents.ZEROS);
    }

    private Load making(int copies) {
        return new Load(name, family, target, keys, clients, endpoints, listeners, fate, copies, contents);
    }

    private Load holding(Contents other) {
        return new Load(name, family, target, keys, clients, endpoints, listeners, fate, copies, other);
    }

    private static String mirror(Family family) {
        return "mirror: { sample: 1, downstream: [ { address: \"%s\" } ] },"
                .formatted(ListenerYaml.text(family.receiver(FEW_ENDPOINTS)));
    }

    private static Load forwarded(String name, Family family, String keys, int clients, int endpoints) {
        return new Load(name, family, Target.REQUEST, keys, clients, endpoints, 1, Fate.REDIRECTED, 0, Contents.ZEROS);
    }

    /** What it is called in results: all that tells it from others. */
    String label() {
        return target == Target.NONE ? name : family + ", " + name;
    }
}
