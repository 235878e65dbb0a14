package dev.udpfanout.lab.differential;

import java.util.List;
import java.util.function.Consumer;

/**
 * A network of the contract.
 *
 * @param name one word, for tables and for the command line
 * @param text what it is, for people
 * @param pathMtu the smallest MTU on the way to a receiver, in bytes with the IP header: what is larger may be refused
 * @param ipv6 whether all datagrams are IPv6; else IPv4
 * @param reach where its receivers are
 * @param firewall of both nodes
 * @param reassembling whether the bridges put fragments of IPv6 together before anybody sees them
 * @param trackedBefore whether all senders have sent before there were rules and a daemon, and never stopped
 * @param origins who sends
 * @param build makes it of the ground; throws {@link NotOnThisKernelException}
 */
record Network(
        String name,
        String text,
        int pathMtu,
        boolean ipv6,
        Reach reach,
        Firewall firewall,
        boolean reassembling,
        boolean trackedBefore,
        List<Origin> origins,
        Consumer<Ground> build) {
    static final int ETHERNET_MTU = 1_500;

    private static final int IPV4_AND_UDP_BYTES = 28;
    private static final int IPV6_AND_UDP_BYTES = 48;

    /** On which nodes a network's receivers are; datagrams come to node 1. */
    enum Reach {
        NODE_1,
        NODE_2,
        BOTH;

        boolean includes(int node) {
            return this == BOTH || (this == NODE_1) == (node == 1);
        }
    }

    /** The running kernel lacks what a network needs. */
    static final class NotOnThisKernelException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotOnThisKernelException(String lacking, Throwable cause) {
            super(lacking, cause);
        }
    }

    /** A flat network of IPv4 with a client and receivers on both nodes, to be changed. */
    static Network named(String name, String text, Consumer<Ground> build) {
        return new Network(
                name,
                text,
                ETHERNET_MTU,
                false,
                Reach.BOTH,
                Firewall.NONE,
                false,
                false,
                List.of(Origin.CLIENT),
                build);
    }

    Network withPathMtu(int bytes) {
        return new Network(name, text, bytes, ipv6, reach, firewall, reassembling, trackedBefore, origins, build);
    }

    Network overIpv6() {
        return new Network(name, text, pathMtu, true, reach, firewall, reassembling, trackedBefore, origins, build);
    }

    Network withReceiversOn(Reach where) {
        return new Network(name, text, pathMtu, ipv6, where, firewall, reassembling, trackedBefore, origins, build);
    }

    Network behind(Firewall which) {
        return new Network(name, text, pathMtu, ipv6, reach, which, reassembling, trackedBefore, origins, build);
    }

    Network withTrackedSenders() {
        return new Network(name, text, pathMtu, ipv6, reach, firewall, reassembling, true, origins, build);
    }

    Network reassemblingIpv6() {
        return new Network(name, text, pathMtu, true, reach, firewall, true, trackedBefore, origins, build);
    }

    Network sentFrom(Origin... who) {
        return new Network(
                name, text, pathMtu, ipv6, reach, firewall, reassembling, trackedBefore, List.of(who), build);
    }

    /**
     * At how many receivers a datagram is to arrive where {@code copies} says it of one that fits. The kernel cuts what
     * it has put together, but not the copies of that, so one receiver has it, as by kube-proxy alone.
     */
    Copies copies(Copies copies, Origin origin, Load load) {
        boolean isPutTogether = reassembling && origin != Origin.CLIENT && !fits(load);
        return isPutTogether ? new Copies(1, copies.most(), copies.mirrored()) : copies;
    }

    /** Whether a datagram fits all ways as one packet, so that nobody may refuse it. */
    boolean fits(Load load) {
        return load.bytes() + (ipv6 ? IPV6_AND_UDP_BYTES : IPV4_AND_UDP_BYTES) <= pathMtu;
    }
}
