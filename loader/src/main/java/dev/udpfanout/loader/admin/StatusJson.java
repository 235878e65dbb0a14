package dev.udpfanout.loader.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.ReplyCounters;
import dev.udpfanout.loader.status.ConfigStatus;
import dev.udpfanout.loader.status.EndpointStatus;
import dev.udpfanout.loader.status.InterfaceStatus;
import dev.udpfanout.loader.status.ListenerStatus;
import dev.udpfanout.loader.status.MirrorStatus;
import dev.udpfanout.loader.status.OmittedEndpoints;
import dev.udpfanout.loader.status.ProbeError;
import dev.udpfanout.loader.status.ProbingStatus;
import dev.udpfanout.loader.status.StatusSnapshot;
import dev.udpfanout.loader.status.WatchStatus;
import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The snapshot as JSON, field by field: a record's component can be renamed without changing what others read.
 * Durations are in the unit that the name ends with, times are ISO 8601.
 */
final class StatusJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private StatusJson() {}

    static byte[] encode(StatusSnapshot snapshot) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            write(json, snapshot);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, StatusSnapshot snapshot) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", snapshot.version());
        json.writeStringField("started_at", snapshot.startedAt().toString());
        json.writeBooleanField("ready", snapshot.readiness().ready());
        json.writeStringField("not_ready_reason", snapshot.readiness().reason());
        json.writeArrayFieldStart("listeners");
        for (ListenerStatus listener : snapshot.listeners()) {
            write(json, listener);
        }
        json.writeEndArray();
        if (snapshot.services().isPresent()) {
            ServicesJson.write(json, snapshot.services().get());
        }
        LeaseJson.write(json, snapshot);
        write(json, snapshot.config());
        if (snapshot.health().isPresent()) {
            write(json, snapshot.health().get());
        }
        if (snapshot.kubernetes().isPresent()) {
            write(json, snapshot.kubernetes().get());
        }
        if (snapshot.flows().isPresent()) {
            write(json, snapshot.flows().get());
        }
        write(json, snapshot.threads());
        write(json, "repairs", snapshot.repairs());
        json.writeObjectFieldStart("repair_outages_ms");
        for (Map.Entry<String, Duration> outage : snapshot.outages().entrySet()) {
            json.writeNumberField(outage.getKey(), outage.getValue().toMillis());
        }
        json.writeEndObject();
        FirewallJson.write(json, snapshot.firewall());
        write(json, "stale_flows_deleted", snapshot.staleFlows());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ReplyCounters replies) throws IOException {
        if (replies.flows().isPresent()) {
            json.writeNumberField("flows_active", replies.flows().getAsLong());
        }
        json.writeNumberField("flows_opened", replies.flowsCreated());
        write(json, "flows_closed", replies.flowsEnded());
        json.writeNumberField("reply_packets_forwarded", replies.packetsForwarded());
        json.writeNumberField("reply_bytes_forwarded", replies.bytesForwarded());
        write(json, "reply_packets_dropped", replies.packetsDropped());
    }

    private static void write(JsonGenerator json, ListenerStatus listener) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", listener.name());
        LeaseJson.write(json, listener);
        json.writeStringField("bind", SocketAddressText.write(listener.bind()));
        json.writeStringField(
                "interface",
                listener.interfaces().stream().map(InterfaceStatus::name).collect(Collectors.joining(", ")));
        json.writeArrayFieldStart("interfaces");
        for (InterfaceStatus each : listener.interfaces()) {
            json.writeStartObject();
            json.writeStringField("name", each.name());
            json.writeBooleanField("attached", each.attached());
            json.writeStringField("attachment", each.attachment());
            json.writeStringField("behind", each.behind());
            json.writeStringField("shadowed_by", each.shadowedBy());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("mode", listener.mode());
        json.writeStringField("mode_reason", listener.modeReason());
        if (!listener.spreads().isEmpty()) {
            json.writeStringField("spreads", listener.spreads());
        }
        json.writeBooleanField("attached", listener.attached());
        json.writeStringField("attachment", listener.attachment());
        if (listener.published().isPresent()) {
            json.writeBooleanField("published", listener.published().get().upToDate());
            if (listener.published().get().address().isPresent()) {
                json.writeStringField(
                        "published_address",
                        AddressText.of(listener.published().get().address().get()));
            }
        }
        if (listener.vips().isPresent()) {
            write(
                    json,
                    "vips",
                    listener.vips().get().stream().map(AddressText::of).sorted().toList());
        }
        json.writeNumberField("packets_received", listener.counters().packetsReceived());
        json.writeNumberField("packets_forwarded", listener.counters().packetsForwarded());
        json.writeNumberField("bytes_received", listener.counters().bytesReceived());
        json.writeNumberField("bytes_forwarded", listener.counters().bytesForwarded());
        write(json, "packets_dropped", listener.counters().packetsDropped());
        if (listener.counters().replies().isPresent()) {
            write(json, listener.counters().replies().get());
        }
        if (listener.counters().netflow().isPresent()) {
            NetflowJson.write(json, listener.counters().netflow().get());
        }
        json.writeNumberField("active_endpoints", listener.activeEndpoints());
        WaysJson.write(json, listener);
        write(json, listener.endpoints());
        write(json, listener.omitted());
        if (listener.mirror().isPresent()) {
            write(json, listener.mirror().get());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, MirrorStatus mirror) throws IOException {
        json.writeObjectFieldStart("mirror");
        json.writeNumberField("sample", mirror.sample());
        json.writeNumberField("packets_forwarded", mirror.counters().packetsForwarded());
        json.writeNumberField("bytes_forwarded", mirror.counters().bytesForwarded());
        write(json, "packets_dropped", mirror.counters().packetsDropped());
        write(json, mirror.endpoints());
        write(json, mirror.omitted());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, List<EndpointStatus> endpoints) throws IOException {
        json.writeArrayFieldStart("endpoints");
        for (EndpointStatus endpoint : endpoints) {
            json.writeStartObject();
            json.writeStringField("name", endpoint.name());
            json.writeStringField("address", SocketAddressText.write(endpoint.address()));
            json.writeStringField("health", endpoint.health().label());
            json.writeBooleanField("active", endpoint.active());
            json.writeNumberField("packets", endpoint.sent().packets());
            json.writeNumberField("bytes", endpoint.sent().bytes());
            if (endpoint.portClosedSince().isPresent()) {
                json.writeStringField(
                        "port_closed_since", endpoint.portClosedSince().get().toString());
            }
            if (endpoint.lastProbeError().isPresent()) {
                ProbeError error = endpoint.lastProbeError().get();
                json.writeStringField("last_probe_error", error.reason());
                json.writeStringField("last_probe_error_at", error.at().toString());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, OmittedEndpoints omitted) throws IOException {
        if (omitted.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("endpoints_omitted");
        json.writeNumberField("known", omitted.known());
        json.writeNumberField("active", omitted.active());
        json.writeNumberField("down", omitted.down());
        json.writeNumberField("packets", omitted.sent().packets());
        json.writeNumberField("bytes", omitted.sent().bytes());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, FlowCounters flows) throws IOException {
        json.writeObjectFieldStart("flows");
        json.writeNumberField("present", flows.present());
        json.writeNumberField("max", flows.max());
        json.writeNumberField("expired", flows.expired());
        json.writeNumberField("evicted", flows.evicted());
        json.writeNumberField("without_room", flows.withoutRoom());
        json.writeNumberField("expected_elsewhere", flows.expectedElsewhere());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ConfigStatus config) throws IOException {
        json.writeObjectFieldStart("config");
        json.writeStringField("file", config.file());
        json.writeBooleanField("valid", config.valid());
        json.writeStringField("applied_at", config.appliedAt().toString());
        json.writeNumberField("reloads_applied", config.reloadsApplied());
        json.writeNumberField("reloads_refused", config.reloadsRefused());
        write(json, "problems", config.problems());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ProbingStatus health) throws IOException {
        json.writeObjectFieldStart("health");
        json.writeStringField("protocol", health.protocol());
        json.writeNumberField("targets", health.targets());
        json.writeNumberField("down", health.down());
        json.writeNumberField("changes", health.changes());
        write(json, "results", health.results());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ThreadsStatus threads) throws IOException {
        json.writeObjectFieldStart("threads");
        write(json, "restarts", threads.restarts());
        write(json, "failing", threads.failing());
        write(json, "dead", threads.dead());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, WatchStatus watch) throws IOException {
        json.writeObjectFieldStart("kubernetes");
        json.writeBooleanField("connected", watch.connected());
        json.writeBooleanField("synced", watch.synced());
        json.writeNumberField("events", watch.events());
        json.writeNumberField("relists", watch.relists());
        json.writeNumberField("failures", watch.failures());
        write(json, "endpoints_left_out", watch.leftOut());
        if (watch.lastError().isPresent()) {
            json.writeStringField("last_error", watch.lastError().get());
        }
        if (watch.sinceLastContact().isPresent()) {
            json.writeNumberField(
                    "since_last_contact_ms", watch.sinceLastContact().get().toMillis());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Map<String, Long> counts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
