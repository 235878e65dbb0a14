package dev.udpfanout.loader.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.datapath.NetflowCounters;
import java.io.IOException;
import java.util.Map;

/** What is known of a listener's exporters of NetFlow v9 and IPFIX. */
final class NetflowJson {
    /** The page stays readable, whoever sends templates. */
    private static final int MAX_EXPORTERS = 256;

    private NetflowJson() {}

    static void write(JsonGenerator json, NetflowCounters netflow) throws IOException {
        json.writeObjectFieldStart("netflow");
        json.writeNumberField("templates", netflow.templates());
        json.writeNumberField("templates_evicted", netflow.evicted());
        json.writeNumberField("malformed", netflow.malformed());
        json.writeObjectFieldStart("template_messages");
        for (Map.Entry<String, Long> told : netflow.told().entrySet()) {
            json.writeNumberField(told.getKey(), told.getValue());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("exporters");
        for (NetflowCounters.Exporter exporter :
                netflow.exporters().stream().limit(MAX_EXPORTERS).toList()) {
            json.writeStartObject();
            json.writeStringField("address", SocketAddressText.write(exporter.address()));
            json.writeNumberField("version", exporter.version());
            json.writeNumberField("domain", exporter.domain());
            json.writeNumberField("templates", exporter.templates());
            json.writeStringField("refreshed_at", exporter.refreshedAt().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField(
                "exporters_omitted", Math.max(0, netflow.exporters().size() - MAX_EXPORTERS));
        json.writeEndObject();
    }
}
