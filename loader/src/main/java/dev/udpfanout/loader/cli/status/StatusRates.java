package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** How fast the counters of a status page grow, from two pages and the time between them. */
final class StatusRates {
    private static final double NANOS = 1e9;
    private static final int BITS = 8;

    private Map<String, Long> before = Map.of();
    private Map<String, Long> now = Map.of();
    private long atNanos;
    private long nanos;

    /** Takes the next page, as of a time by System.nanoTime(). */
    void add(JsonNode status, long readNanos) {
        before = now;
        nanos = readNanos - atNanos;
        atNanos = readNanos;
        now = new HashMap<>();
        for (JsonNode listener : status.path("listeners")) {
            String name = listener.path("name").asText();
            for (String field : new String[] {"packets_received", "packets_forwarded", "bytes_received"}) {
                now.put(name + '/' + field, listener.path(field).asLong());
            }
            long dropped = 0;
            for (JsonNode count : listener.path("packets_dropped")) {
                dropped += count.asLong();
            }
            now.put(name + "/dropped", dropped);
            for (JsonNode endpoint : listener.path("endpoints")) {
                String address = endpoint.path("address").asText();
                now.put(name + '/' + address, endpoint.path("packets").asLong());
                now.put(name + '/' + bytesOf(address), endpoint.path("bytes").asLong());
            }
        }
    }

    /** The counter of the bytes that an endpoint was sent. */
    static String bytesOf(String address) {
        return address + "/bytes";
    }

    /** Of a listener's counter, or an endpoint's by its address; {@code "-"} if there is no earlier page with it. */
    String perSecond(String listener, String counter) {
        double rate = rate(listener, counter);
        return Double.isNaN(rate) ? "-" : String.valueOf(Math.round(rate));
    }

    /** Of a listener's counter of bytes, in megabits. */
    String megabitsPerSecond(String listener, String counter) {
        double rate = rate(listener, counter);
        return Double.isNaN(rate) ? "-" : "%.1f".formatted(rate * BITS / 1e6);
    }

    /** A counter that goes backwards was begun anew. */
    private double rate(String listener, String counter) {
        String key = listener + '/' + counter;
        Long first = before.get(key);
        Long second = now.get(key);
        return first == null || second == null || second < first || nanos <= 0
                ? Double.NaN
                : (second - first) * NANOS / nanos;
    }
}
