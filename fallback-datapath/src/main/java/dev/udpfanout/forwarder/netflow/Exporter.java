package dev.udpfanout.forwarder.netflow;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

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
