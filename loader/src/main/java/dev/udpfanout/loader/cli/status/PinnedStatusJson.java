package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedLease;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedListener;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is pinned, with the fields that the page {@code /status} has for it, and {@code "daemon"}, which that lacks. */
final class PinnedStatusJson {
    private PinnedStatusJson() {}

    /**
     * @param lease if a listener is leased
     * @param daemon whether one runs, in words
     */
    static ObjectNode of(List<PinnedListener> listeners, Optional<PinnedLease> lease, String daemon) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("daemon", daemon);
        lease.ifPresent(each -> status.put("lease_left_ms", each.left().toMillis()));
        ArrayNode all = status.putArray("listeners");
        listeners.forEach(each -> write(all.addObject(), each));
        return status;
    }

    private static void write(ObjectNode json, PinnedListener listener) {
        List<PinnedListener.Place> places = listener.places();
        json.put("name", listener.name());
        if (listener.isLeased()) {
            json.put("leased", true);
        }
        json.put(
                "bind",
                places.stream()
                        .map(place -> SocketAddressText.write(place.bind()))
                        .distinct()
                        .collect(Collectors.joining(", ")));
        json.put(
                "interface",
                places.stream()
                        .map(place -> place.at().interfaceName())
                        .distinct()
                        .collect(Collectors.joining(", ")));
        ArrayNode interfaces = json.putArray("interfaces");
        places.stream().map(PinnedListener.Place::at).distinct().forEach(at -> interfaces
                .addObject()
                .put("name", at.interfaceName())
                .put("attached", at.isAttached())
                .put("attachment", at.attachment())
                .put("behind", at.behind())
                .put("shadowed_by", ""));
        json.put("mode", ListenerState.TC_EBPF);
        json.put("mode_reason", "pinned");
        json.put("attached", listener.isAttached());
        json.put(
                "attachment",
                places.stream()
                        .map(place -> place.at().attachment())
                        .filter(how -> !how.isEmpty())
                        .distinct()
                        .collect(Collectors.joining("+")));
        json.put("packets_received", listener.stats().packetsReceived());
        json.put("packets_forwarded", listener.stats().packetsForwarded());
        json.put("bytes_received", listener.stats().bytesReceived());
        json.put("bytes_forwarded", listener.stats().bytesForwarded());
        ObjectNode drops = json.putObject("packets_dropped");
        listener.drops().forEach(drops::put);
        ArrayNode endpoints = json.putArray("endpoints");
        listener.endpoints().forEach(each -> endpoints
                .addObject()
                .put("name", "")
                .put("address", SocketAddressText.write(each.address()))
                .put("health", "-")
                .put("active", each.isActive())
                .put("packets", each.sent().packets())
                .put("bytes", each.sent().bytes()));
    }
}
