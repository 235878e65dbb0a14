package dev.udpfanout.loader.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.lab.LabNamespace;
import java.io.UncheckedIOException;

/** What an interface has counted, as {@code ip -s link} shows it. */
record LinkTraffic(long sentPackets, long receivedPackets) {
    static LinkTraffic of(LabNamespace namespace, String link) {
        try {
            JsonNode stats = new ObjectMapper()
                    .readTree(namespace.exec("ip", "-s", "-j", "link", "show", "dev", link))
                    .get(0)
                    .get("stats64");
            return new LinkTraffic(
                    stats.get("tx").get("packets").asLong(),
                    stats.get("rx").get("packets").asLong());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
