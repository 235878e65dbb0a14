package dev.udpfanout.loader.cli.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class EndpointRowsTest {
    private static final String ENDPOINTS = """
            [ { "address": "10.42.0.11:5514", "health": "up", "active": true, "packets": 9, "bytes": 1234567,
                "name": "pod-a" },
              { "address": "[2001:db8:42::12]:5514", "health": "unknown", "active": false, "packets": 0, "bytes": 0,
                "name": "[2001:db8:42::12]:5514" } ]
            """;

    @Test
    void shouldMakeAColumnAsWideAsWhatStandsInIt() throws Exception {
        JsonNode endpoints = new ObjectMapper().readTree(ENDPOINTS);
        EndpointRows rows = new EndpointRows(endpoints, "ENDPOINT");
        assertEquals("  ENDPOINT                HEALTH   USED  PACKETS    BYTES  NAME", rows.heading());
        assertEquals("  10.42.0.11:5514         up       yes         9  1234567  pod-a", rows.endpoint(0));
        assertEquals("  [2001:db8:42::12]:5514  unknown  no          0        0", rows.endpoint(1));
    }

    @Test
    void shouldFitAListenerWithoutEndpoints() throws Exception {
        EndpointRows rows = new EndpointRows(new ObjectMapper().readTree("[]"), "MIRROR");
        assertEquals("  MIRROR  HEALTH  USED  PACKETS  BYTES  NAME", rows.heading());
    }
}
