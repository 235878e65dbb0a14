package dev.udpfanout.loader.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.status.ServiceInterface;
import dev.udpfanout.loader.status.ServicesStatus;
import java.io.IOException;
import java.util.Map;

/** The part of {@code /status} about annotated Services. */
final class ServicesJson {
    /** As many as a node has pods, and some more. */
    private static final int MOST_INTERFACES = 1_000;

    private ServicesJson() {}

    static void write(JsonGenerator json, ServicesStatus services) throws IOException {
        json.writeObjectFieldStart("services");
        json.writeBooleanField("connected", services.connected());
        json.writeNumberField("served", services.served());
        json.writeObjectFieldStart("refused");
        for (Map.Entry<String, String> refusal : services.refused().entrySet()) {
            json.writeStringField(refusal.getKey(), refusal.getValue());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("interfaces");
        for (ServiceInterface each :
                services.interfaces().stream().limit(MOST_INTERFACES).toList()) {
            write(json, each);
        }
        json.writeEndArray();
        json.writeNumberField(
                "interfaces_omitted", Math.max(0, services.interfaces().size() - MOST_INTERFACES));
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ServiceInterface each) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", each.name());
        json.writeStringField("role", each.role());
        json.writeStringField("reason", each.reason());
        json.writeStringField("attachment", each.attachment());
        json.writeStringField("fault", each.fault());
        json.writeEndObject();
    }
}
