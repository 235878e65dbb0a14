package dev.udpfanout.loader.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.status.ListenerStatus;
import dev.udpfanout.loader.status.StatusSnapshot;
import java.io.IOException;

/**
 * What is served for somebody who would serve without us: whose listeners these are, and for how long without a daemon.
 */
final class LeaseJson {
    private LeaseJson() {}

    static void write(JsonGenerator json, StatusSnapshot snapshot) throws IOException {
        if (snapshot.leaseLeft().isPresent()) {
            json.writeNumberField("lease_left_ms", snapshot.leaseLeft().get().toMillis());
        }
    }

    static void write(JsonGenerator json, ListenerStatus listener) throws IOException {
        if (listener.service().isPresent()) {
            json.writeStringField("service", listener.service().get());
        }
        if (listener.leased()) {
            json.writeBooleanField("leased", true);
        }
    }
}
