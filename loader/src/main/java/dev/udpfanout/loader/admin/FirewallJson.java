package dev.udpfanout.loader.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.datapath.FirewallState;
import java.io.IOException;
import java.util.List;

/** The chains that would drop listeners' datagrams, as {@code /status} has them; nothing if there are none. */
final class FirewallJson {
    private FirewallJson() {}

    static void write(JsonGenerator json, List<FirewallState> chains) throws IOException {
        if (chains.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("firewall");
        for (FirewallState chain : chains) {
            json.writeStartObject();
            json.writeStringField("backend", chain.backend());
            json.writeStringField("hook", chain.hook());
            json.writeStringField("chain", chain.chain());
            json.writeNumberField("rules", chain.rules());
            json.writeNumberField("packets_accepted", chain.packets());
            json.writeStringField("problem", chain.problem());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
