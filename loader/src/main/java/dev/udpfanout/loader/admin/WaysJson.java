package dev.udpfanout.loader.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.datapath.PodWayState;
import dev.udpfanout.loader.datapath.WayState;
import dev.udpfanout.loader.status.ListenerStatus;
import java.io.IOException;

/** How a listener's endpoints are reached, on the page {@code /status}. */
final class WaysJson {
    /** Of a listener, so that a page has a bound. */
    private static final int MOST_POD_WAYS = 1_000;

    private WaysJson() {}

    static void write(JsonGenerator json, ListenerStatus listener) throws IOException {
        if (listener.pathMtuBytes().isPresent()) {
            json.writeNumberField("path_mtu_bytes", listener.pathMtuBytes().getAsInt());
        }
        json.writeBooleanField("by_ipsec", listener.byIpsec());
        if (!listener.waysKept().isEmpty()) {
            json.writeStringField("ways_kept", listener.waysKept());
        }
        json.writeArrayFieldStart("ways");
        for (WayState way : listener.ways()) {
            json.writeStartObject();
            json.writeStringField("interface", way.interfaceName());
            if (way.mtuBytes().isPresent()) {
                json.writeNumberField("mtu_bytes", way.mtuBytes().getAsInt());
            }
            json.writeNumberField("endpoints", way.endpoints());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("pod_ways");
        for (PodWayState way : listener.podWays()
                .subList(0, Math.min(MOST_POD_WAYS, listener.podWays().size()))) {
            json.writeStartObject();
            json.writeStringField("pod", way.pod().getHostAddress());
            json.writeStringField("by", way.isStraight() ? "peer" : "neigh");
            json.writeStringField("reason", way.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
