package dev.udpfanout.loader.drops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What listeners have dropped, by reason, as a page of status has it: of the kernel and of user space.
 *
 * @param packets by "listener reason"
 */
public record CountedDrops(Map<String, Long> packets) {
    /** Of a page of status. */
    public static CountedDrops of(JsonNode status) {
        Map<String, Long> packets = new TreeMap<>();
        for (JsonNode listener : status.path("listeners")) {
            listener.path("packets_dropped")
                    .properties()
                    .forEach(reason -> packets.put(
                            listener.path("name").asText() + " " + reason.getKey(),
                            reason.getValue().asLong()));
        }
        return new CountedDrops(packets);
    }

    /** Those that have become more, by how many. */
    public Map<String, Long> since(CountedDrops before) {
        Map<String, Long> more = new TreeMap<>();
        packets.forEach((name, count) -> {
            long difference = count - before.packets.getOrDefault(name, 0L);
            if (difference > 0) {
                more.put(name, difference);
            }
        });
        return more;
    }
}
