package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.status.EndpointStatus;
import dev.udpfanout.loader.status.InterfaceStatus;
import dev.udpfanout.loader.status.ListenerStatus;
import dev.udpfanout.loader.status.MirrorStatus;
import dev.udpfanout.loader.status.TrafficCounters;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.net.InetSocketAddress;
import java.util.List;

/** What is said of each listener and its endpoints. */
final class ListenerMetrics {
    private static final String LISTENER = "listener";
    private static final String MODE = "mode";
    private static final String ENDPOINT = "endpoint";

    private final CounterFamily packetsReceived =
            new CounterFamily("udp_fanout_packets_received", "Datagrams that matched a listener.");
    private final CounterFamily packetsForwarded =
            new CounterFamily("udp_fanout_packets_forwarded", "Datagrams handed to the next hop.");
    private final CounterFamily packetsDropped =
            new CounterFamily("udp_fanout_packets_dropped", "Datagrams of a listener that were not forwarded.");
    private final CounterFamily bytesReceived =
            new CounterFamily("udp_fanout_bytes_received", "Frame bytes that matched a listener.");
    private final CounterFamily bytesForwarded =
            new CounterFamily("udp_fanout_bytes_forwarded", "Frame bytes handed to the next hop.");
    private final CounterFamily endpointPackets =
            new CounterFamily("udp_fanout_endpoint_packets", "Datagrams sent to an endpoint.");
    private final CounterFamily mirrorForwarded = new CounterFamily(
            "udp_fanout_mirror_packets_forwarded", "Copies for a listener's mirror handed to the next hop.");
    private final CounterFamily mirrorDropped = new CounterFamily(
            "udp_fanout_mirror_packets_dropped", "Copies for a listener's mirror that were not forwarded.");
    private final CounterFamily mirrorEndpoints =
            new CounterFamily("udp_fanout_mirror_endpoint_packets", "Copies sent to an endpoint of a mirror.");
    private final GaugeFamily mirrorHealth = new GaugeFamily(
            "udp_fanout_mirror_health", "0 if probes say that the mirror's endpoint is down, 1 if up or not known.");
    private final GaugeFamily active =
            new GaugeFamily("udp_fanout_downstream_active", "Endpoints that datagrams are sent to.");
    private final GaugeFamily health = new GaugeFamily(
            "udp_fanout_downstream_health", "0 if probes say that the endpoint is down, 1 if up or not known.");
    private final GaugeFamily mode =
            new GaugeFamily("udp_fanout_mode", "1 for the datapath that serves the listener, and why this one.");
    private final GaugeFamily attached =
            new GaugeFamily("udp_fanout_attached", "Whether datagrams get to the listener, by one interface at least.");
    private final GaugeFamily interfaceAttached = new GaugeFamily(
            "udp_fanout_interface_attached", "Whether datagrams that come by the interface get to the listener.");

    private final GaugeFamily published = new GaugeFamily(
            "udp_fanout_published", "Whether the API server has what the listener is to publish of this node.");

    ListenerMetrics(List<ListenerStatus> listeners) {
        listeners.forEach(this::add);
    }

    private void add(ListenerStatus listener) {
        String name = listener.name();
        addTraffic(name, listener.mode(), listener.counters());
        active.set(listener.activeEndpoints(), LISTENER, name);
        attached.set(listener.attached(), LISTENER, name);
        listener.published().ifPresent(has -> published.set(has.upToDate(), LISTENER, name));
        for (InterfaceStatus each : listener.interfaces()) {
            interfaceAttached.set(each.attached(), LISTENER, name, "interface", each.name());
        }
        mode.set(1, LISTENER, name, MODE, listener.mode(), "reason", listener.modeReason());
        for (EndpointStatus endpoint : listener.endpoints()) {
            String address = label(endpoint.address());
            endpointPackets.add(endpoint.packets(), LISTENER, name, ENDPOINT, address);
            health.set(endpoint.health().isUsable(), LISTENER, name, ENDPOINT, address);
        }
        listener.mirror().ifPresent(mirror -> addMirror(name, mirror));
    }

    private void addMirror(String name, MirrorStatus mirror) {
        mirrorForwarded.add(mirror.counters().packetsForwarded(), LISTENER, name);
        mirror.counters()
                .packetsDropped()
                .forEach((reason, packets) -> mirrorDropped.add(packets, LISTENER, name, "reason", reason));
        for (EndpointStatus endpoint : mirror.endpoints()) {
            String address = label(endpoint.address());
            mirrorEndpoints.add(endpoint.packets(), LISTENER, name, ENDPOINT, address);
            mirrorHealth.set(endpoint.health().isUsable(), LISTENER, name, ENDPOINT, address);
        }
    }

    private void addTraffic(String name, String modeName, TrafficCounters counters) {
        packetsReceived.add(counters.packetsReceived(), LISTENER, name, MODE, modeName);
        packetsForwarded.add(counters.packetsForwarded(), LISTENER, name, MODE, modeName);
        bytesReceived.add(counters.bytesReceived(), LISTENER, name, MODE, modeName);
        bytesForwarded.add(counters.bytesForwarded(), LISTENER, name, MODE, modeName);
        counters.packetsDropped()
                .forEach((reason, packets) ->
                        packetsDropped.add(packets, LISTENER, name, MODE, modeName, "reason", reason));
    }

    void addTo(MetricSnapshots.Builder metrics) {
        List.of(
                        packetsReceived,
                        packetsForwarded,
                        packetsDropped,
                        bytesReceived,
                        bytesForwarded,
                        endpointPackets,
                        mirrorForwarded,
                        mirrorDropped,
                        mirrorEndpoints)
                .forEach(family -> metrics.metricSnapshot(family.snapshot()));
        List.of(active, health, mode, attached, interfaceAttached, published, mirrorHealth)
                .forEach(family -> metrics.metricSnapshot(family.snapshot()));
    }

    private static String label(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
