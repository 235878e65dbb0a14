package dev.udpfanout.forwarder.netflow;

import dev.udpfanout.forwarder.socket.SocketAddresses;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What is known of one exporter's observation domain. */
public final class Exporter {
    private final ExporterKey key;
    private final int version;
    private final byte[] sockaddr;
    private final Map<Integer, Template> templates = new TreeMap<>();
    private byte[] header;
    /** In order: looked through for every set of data. */
    private int[] optionsIds = {};

    Exporter(ExporterKey key, int version, byte[] sockaddr, byte[] header) {
        this.key = key;
        this.version = version;
        this.sockaddr = sockaddr;
        this.header = header;
    }

    ExporterKey key() {
        return key;
    }

    int version() {
        return version;
    }

    /** Its struct sockaddr_in or sockaddr_in6, as it was received. */
    public byte[] sockaddr() {
        return sockaddr;
    }

    /** When it has last sent a template; {@link System#nanoTime()}. */
    long refreshedNs() {
        return templates.values().stream()
                .mapToLong(Template::refreshedNs)
                .reduce((one, other) -> one - other > 0 ? one : other)
                .orElseThrow();
    }

    /** How it is shown. */
    public ExporterState state(long nowNs) {
        return new ExporterState(
                SocketAddresses.decode(Arena.ofAuto()
                        .allocate(sockaddr.length, Integer.BYTES)
                        .copyFrom(MemorySegment.ofArray(sockaddr))),
                version,
                Integer.toUnsignedLong(key.domain()),
                templates.size(),
                Duration.ofNanos(Math.max(0, nowNs - refreshedNs())));
    }

    /** Messages with all that is known of it, as of the time of its last template. */
    public List<RememberedMessage> remembered(int maxBytes, long nowNs, long nowMs) {
        long epochMs = nowMs - TimeUnit.NANOSECONDS.toMillis(Math.max(0, nowNs - refreshedNs()));
        return Retelling.of(this, maxBytes).stream()
                .map(message -> new RememberedMessage(epochMs, sockaddr, message))
                .toList();
    }

    /** The header of its last message with templates. */
    byte[] header() {
        return header;
    }

    void keepHeader(byte[] last) {
        header = last;
    }

    Template template(int id) {
        return templates.get(id);
    }

    Collection<Template> templates() {
        return templates.values();
    }

    boolean isOptionsData(int setId) {
        return optionsIds.length > 0 && Arrays.binarySearch(optionsIds, setId) >= 0;
    }

    void put(Template template) {
        templates.put(template.id(), template);
        findOptions();
    }

    void remove(int id) {
        templates.remove(id);
        findOptions();
    }

    private void findOptions() {
        optionsIds = templates.values().stream()
                .filter(Template::options)
                .mapToInt(Template::id)
                .toArray();
    }
}
