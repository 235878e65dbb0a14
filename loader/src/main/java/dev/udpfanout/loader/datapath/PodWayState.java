package dev.udpfanout.loader.datapath;

import java.net.InetAddress;
import java.util.Comparator;

/**
 * How datagrams get to an endpoint that is in a pod of this node.
 *
 * @param pod the endpoint's address
 * @param isStraight whether they are put into the pod; if not, they go by the next hop
 * @param reason why they go by the next hop: for example {@code TCX program shaper on veth2 stands before it}; empty if
 *     they do not
 */
public record PodWayState(InetAddress pod, boolean isStraight, String reason) {
    /** Those with a reason first. */
    public static final Comparator<PodWayState> BY_NEXT_HOP_FIRST = Comparator.comparing(PodWayState::isStraight)
            .thenComparing(way -> way.pod().getHostAddress());
}
