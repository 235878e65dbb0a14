package dev.udpfanout.loader.doctor.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class FoundInterfacesTest {
    @Test
    void shouldKnowWhichInterfacesTheDaemonHasFoundForARole() throws Exception {
        String page = """
                {"services": {"interfaces": [
                  {"name": "eth0", "role": "vips"}, {"name": "cni0", "role": "pods"}, {"name": "eth1", "role": "vips"}]}}""";
        DaemonStatus daemon = new DaemonStatus(true, "", Optional.of(new ObjectMapper().readTree(page)), "");

        assertEquals(List.of("eth0", "eth1"), daemon.interfacesOf("services:vips"));
        assertEquals(List.of("cni0"), daemon.interfacesOf("services:pods"));
        assertEquals(List.of(), new DaemonStatus(false, "", Optional.empty(), "").interfacesOf("services:pods"));
    }
}
