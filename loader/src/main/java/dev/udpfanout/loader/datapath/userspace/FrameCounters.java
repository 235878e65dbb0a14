package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.ForwarderCounters;
import dev.udpfanout.loader.datapath.ListenerCounters;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A forwarder's counts in the terms of the kernel datapath. Bytes are those of frames: the payload with headers for
 * Ethernet, IP without options and UDP. A datagram that the kernel dropped for want of room counts as received, its
 * bytes do not. One that a receiver's ICMP message called back counts as forwarded, and under {@code unreachable} as
 * well.
 */
final class FrameCounters {
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int UDP_BYTES = 8;
    private static final int MAX_ENDPOINTS_REMEMBERED = 4096;

    private FrameCounters() {}

    /** @param hasReplies whether what is counted of replies is told of */
    static ListenerCounters of(ForwarderCounters counters, InetAddress listener, boolean hasReplies) {
        long headerBytes = ETHERNET_BYTES + UDP_BYTES + (listener instanceof Inet6Address ? IPV6_BYTES : IPV4_BYTES);
        Map<String, Long> drops = new TreeMap<>();
        counters.dropped().forEach((reason, datagrams) -> drops.put(reason.label(), datagrams));
        long dropped = drops.values().stream().mapToLong(Long::longValue).sum();
        return new ListenerCounters(
                new ListenerStats(
                        counters.received() + counters.dropped(DropReason.RECEIVE_QUEUE_OVERFLOW),
                        counters.forwarded(),
                        dropped - counters.dropped(DropReason.UNREACHABLE),
                        counters.receivedBytes() + headerBytes * counters.received(),
                        counters.forwardedBytes() + headerBytes * counters.forwarded()),
                drops,
                endpoints(counters, headerBytes),
                hasReplies ? Optional.of(FlowFigures.of(counters.flows(), headerBytes)) : Optional.empty(),
                Optional.empty());
    }

    private static Map<InetSocketAddress, EndpointStats> endpoints(ForwarderCounters counters, long headerBytes) {
        Map<InetSocketAddress, EndpointStats> endpoints = new HashMap<>();
        counters.endpoints()
                .forEach((endpoint, counted) -> endpoints.put(
                        endpoint,
                        new EndpointStats(
                                counted.forwarded(), counted.forwardedBytes() + headerBytes * counted.forwarded())));
        return endpoints;
    }

    /**
     * Both together, to be kept. Each forwarder may have had other endpoints: when they have become many, only those of
     * the last one are told of.
     */
    static ListenerCounters remember(ListenerCounters earlier, ListenerCounters last) {
        ListenerCounters both = sum(earlier, last);
        if (both.endpoints().size() <= MAX_ENDPOINTS_REMEMBERED) {
            return both;
        }
        Map<InetSocketAddress, EndpointStats> endpoints = new HashMap<>(both.endpoints());
        endpoints.keySet().retainAll(last.endpoints().keySet());
        return new ListenerCounters(
                both.stats(), both.drops(), endpoints, both.replies(), both.pathMtu(), both.netflow());
    }

    /** Both together: a listener's forwarder before a change and the one after it. */
    static ListenerCounters sum(ListenerCounters one, ListenerCounters other) {
        ListenerStats first = one.stats();
        ListenerStats second = other.stats();
        Map<String, Long> drops = new TreeMap<>(one.drops());
        other.drops().forEach((reason, datagrams) -> drops.merge(reason, datagrams, Long::sum));
        Map<InetSocketAddress, EndpointStats> endpoints = new HashMap<>(one.endpoints());
        other.endpoints().forEach((endpoint, stats) -> endpoints.merge(endpoint, stats, EndpointStats::plus));
        return new ListenerCounters(
                new ListenerStats(
                        first.packetsReceived() + second.packetsReceived(),
                        first.packetsForwarded() + second.packetsForwarded(),
                        first.packetsDropped() + second.packetsDropped(),
                        first.bytesReceived() + second.bytesReceived(),
                        first.bytesForwarded() + second.bytesForwarded()),
                drops,
                endpoints,
                FlowFigures.sum(one.replies(), other.replies()),
                Optional.empty(),
                NetflowFigures.sum(one.netflow(), other.netflow()));
    }
}
