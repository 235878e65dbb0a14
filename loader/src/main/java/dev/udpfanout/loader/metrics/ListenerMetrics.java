package dev.udpfanout.loader.metrics;

import dev.udpfanout.bindings.abi.counter.ListenerPathMtu;
import dev.udpfanout.loader.status.EndpointStatus;
import dev.udpfanout.loader.status.InterfaceStatus;
import dev.udpfanout.loader.status.ListenerStatus;
import dev.udpfanout.loader.status.MirrorStatus;
import dev.udpfanout.loader.status.OmittedEndpoints;
import dev.udpfanout.loader.status.TrafficCounters;
import java.net.InetSocketAddress;

/** Metrics of a listener and its endpoints. */
final class ListenerMetrics {
    private ListenerMetrics() {}

    /** In the place of an endpoint's address: all that are not shown one by one. */
    private static final String OTHERS = "others";

    static void addTo(Families families, ListenerStatus listener) {
        String name = listener.name();
        addTraffic(families, name, listener.mode(), listener.counters());
        listener.counters().pathMtu().ifPresent(counters -> addPathMtu(families, name, counters));
        families.set(Metric.ENDPOINTS_ACTIVE, listener.activeEndpoints(), name);
        listener.pathMtuBytes().ifPresent(bytes -> families.set(Metric.PATH_MTU, bytes, name));
        families.set(Metric.ATTACHED, listener.attached(), name);
        listener.published().ifPresent(has -> families.set(Metric.PUBLISHED, has.upToDate(), name));
        for (InterfaceStatus each : listener.interfaces()) {
            families.set(Metric.INTERFACE_ATTACHED, each.attached(), name, each.name());
            families.set(Metric.INTERFACE_BEHIND, !each.behind().isEmpty(), name, each.name());
        }
        families.set(
                Metric.MODE,
                1,
                name,
                listener.mode(),
                ModeReason.of(listener.modeReason()).label());
        for (EndpointStatus endpoint : listener.endpoints()) {
            String address = label(endpoint.address());
            families.add(Metric.ENDPOINT_PACKETS, endpoint.sent().packets(), name, address);
            families.add(Metric.ENDPOINT_BYTES, endpoint.sent().bytes(), name, address);
            families.set(Metric.ENDPOINT_HEALTH, endpoint.isUsable(), name, address);
        }
        addOmitted(families, Metric.ENDPOINT_PACKETS, Metric.ENDPOINT_BYTES, name, listener.omitted());
        listener.mirror().ifPresent(mirror -> addMirror(families, name, mirror));
    }

    private static void addMirror(Families families, String name, MirrorStatus mirror) {
        families.add(Metric.MIRROR_PACKETS_FORWARDED, mirror.counters().packetsForwarded(), name);
        mirror.counters()
                .packetsDropped()
                .forEach((reason, packets) -> families.add(Metric.MIRROR_PACKETS_DROPPED, packets, name, reason));
        for (EndpointStatus endpoint : mirror.endpoints()) {
            String address = label(endpoint.address());
            families.add(Metric.MIRROR_ENDPOINT_PACKETS, endpoint.sent().packets(), name, address);
            families.add(Metric.MIRROR_ENDPOINT_BYTES, endpoint.sent().bytes(), name, address);
            families.set(Metric.MIRROR_HEALTH, endpoint.isUsable(), name, address);
        }
        addOmitted(families, Metric.MIRROR_ENDPOINT_PACKETS, Metric.MIRROR_ENDPOINT_BYTES, name, mirror.omitted());
    }

    private static void addOmitted(
            Families families, Metric packets, Metric bytes, String name, OmittedEndpoints omitted) {
        if (!omitted.isEmpty()) {
            families.add(packets, omitted.sent().packets(), name, OTHERS);
            families.add(bytes, omitted.sent().bytes(), name, OTHERS);
        }
    }

    private static void addTraffic(Families families, String name, String mode, TrafficCounters counters) {
        families.add(Metric.PACKETS_RECEIVED, counters.packetsReceived(), name, mode);
        families.add(Metric.PACKETS_FORWARDED, counters.packetsForwarded(), name, mode);
        families.add(Metric.BYTES_RECEIVED, counters.bytesReceived(), name, mode);
        families.add(Metric.BYTES_FORWARDED, counters.bytesForwarded(), name, mode);
        counters.packetsDropped()
                .forEach((reason, packets) -> families.add(Metric.PACKETS_DROPPED, packets, name, mode, reason));
    }

    private static void addPathMtu(Families families, String name, ListenerPathMtu counters) {
        families.add(Metric.PACKETS_BY_STACK, counters.packetsByStack(), name);
        families.add(Metric.REPLY_PACKETS_BY_STACK, counters.repliesByStack(), name);
        families.add(Metric.TOO_BIG_ANSWERS, counters.answers(), name);
        families.add(Metric.TOO_BIG_ANSWERS_WITHHELD, counters.answersWithheld(), name);
    }

    private static String label(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
