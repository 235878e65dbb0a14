package dev.udpfanout.forwarder.netflow;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A template that is remembered, and the options data that it describes: the last record of each scope and first option
 * field. Tables of interfaces often have the exporter as their only scope, and the interface as the first field.
 */
final class Template {
    /** Records of options data that are remembered for one template: the least recently sent one goes. */
    static final int MAX_RECORDS = 1024;

    private static final int OVERHEAD_BYTES = 128;

    private final int id;
    private final boolean options;
    private final byte[] record;
    private final int dataBytes;
    private final int identityBytes;
    private final Map<ByteBuffer, byte[]> data = new LinkedHashMap<>();
    private long refreshedNs;
    private long keptNs;

    /** @param record as it came */
    Template(int id, boolean options, int version, byte[] record, long nowNs) {
        MemorySegment segment = MemorySegment.ofArray(record);
        this.id = id;
        this.options = options;
        this.record = record;
        this.dataBytes = TemplateRecord.dataBytes(segment, version, options);
        this.identityBytes = options ? Math.min(TemplateRecord.identityBytes(segment, version), dataBytes) : 0;
        this.refreshedNs = nowNs;
        this.keptNs = nowNs;
    }

    /** Whether a record of a message says the same. */
    boolean isSame(boolean otherOptions, MemorySegment memory, long at, int bytes) {
        return options == otherOptions
                && bytes == record.length
                && MemorySegment.mismatch(MemorySegment.ofArray(record), 0, bytes, memory, at, at + bytes) == -1;
    }

    void refresh(long nowNs) {
        refreshedNs = nowNs - refreshedNs > 0 ? nowNs : refreshedNs;
    }

    /** Whether it was written down that long ago; from now on it is. */
    boolean isDueToBeKept(long nowNs, long intervalNs) {
        if (nowNs - keptNs <= intervalNs) {
            return false;
        }
        keptNs = nowNs;
        return true;
    }

    /**
     * Takes the records of a set of options data; does nothing where their length differs from one to the other.
     *
     * @return whether any of them says something new
     */
    boolean learn(MemorySegment memory, long from, long to) {
        boolean isNew = false;
        if (dataBytes > 0) {
            for (long at = from; to - at >= dataBytes; at += dataBytes) {
                byte[] bytes = NetworkBytes.copy(memory, at, dataBytes);
                ByteBuffer identity = ByteBuffer.wrap(Arrays.copyOf(bytes, identityBytes));
                isNew |= !Arrays.equals(bytes, data.remove(identity));
                data.put(identity, bytes);
                if (data.size() > MAX_RECORDS) {
                    data.remove(data.keySet().iterator().next());
                }
            }
        }
        return isNew;
    }

    /** Bytes of memory, by and large. */
    int bytes() {
        return OVERHEAD_BYTES + record.length + data.size() * (OVERHEAD_BYTES + dataBytes + identityBytes);
    }

    int id() {
        return id;
    }

    boolean options() {
        return options;
    }

    byte[] record() {
        return record;
    }

    /** Bytes of each record that it describes; 0 where they differ. */
    int dataBytes() {
        return dataBytes;
    }

    Collection<byte[]> data() {
        return data.values();
    }

    long refreshedNs() {
        return refreshedNs;
    }
}
