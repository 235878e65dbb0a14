package dev.udpfanout.forwarder.netflow;

import static dev.udpfanout.forwarder.netflow.NetworkBytes.i32;
import static dev.udpfanout.forwarder.netflow.NetworkBytes.u16;

import java.lang.foreign.MemorySegment;

/**
 * A look at one datagram after the other, without an object for any: whether it is a NetFlow v9 or IPFIX message, and
 * its sets, one by one. The time it takes grows with the message's length alone.
 */
public final class NetflowMessage {
    /** The version field of IPFIX. */
    public static final int IPFIX = 10;

    /** The version field of NetFlow v9. */
    public static final int V9 = 9;

    static final int IPFIX_TEMPLATE_SET = 2;
    static final int IPFIX_OPTIONS_SET = 3;
    static final int SET_HEADER_BYTES = 4;

    private static final int V9_HEADER_BYTES = 20;
    private static final int IPFIX_HEADER_BYTES = 16;
    private static final int V9_OPTIONS_SET = 1;

    private MemorySegment memory;
    private long at;
    private long end;
    private int version;
    private boolean hasTemplates;
    private long set;

    /** What a datagram is by its form. */
    public enum Form {
        /** Of another version, or too short for a header. */
        NOT_NETFLOW,
        /** A length in it lies, or a template says what none can say. */
        MALFORMED,
        WELL_FORMED
    }

    /**
     * Looks at another datagram, which must stay where it is as long as it is asked about.
     *
     * @param at where its payload begins
     * @param bytes of the payload
     */
    public Form read(MemorySegment memory, long at, int bytes) {
        this.memory = memory;
        this.at = at;
        this.end = at + bytes;
        this.hasTemplates = false;
        this.set = 0;
        version = bytes < 2 ? 0 : u16(memory, at);
        if (version != V9 && version != IPFIX || bytes < headerBytes()) {
            return Form.NOT_NETFLOW;
        }
        if (version == IPFIX && u16(memory, at + 2) != bytes) {
            return Form.MALFORMED;
        }
        return hasGoodSets() ? Form.WELL_FORMED : Form.MALFORMED;
    }

    private boolean hasGoodSets() {
        for (long next = at + headerBytes(); next < end; next += u16(memory, next + 2)) {
            if (end - next < SET_HEADER_BYTES) {
                return false;
            }
            int length = u16(memory, next + 2);
            if (length < SET_HEADER_BYTES || length > end - next) {
                return false;
            }
            if (isTemplateSet(u16(memory, next))) {
                hasTemplates = true;
                if (!hasGoodRecords(next, next + length)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean hasGoodRecords(long setAt, long setEnd) {
        boolean options = isOptionsSet(u16(memory, setAt));
        long record = setAt + SET_HEADER_BYTES;
        while (setEnd - record >= TemplateRecord.MIN_BYTES) {
            int bytes = TemplateRecord.bytes(memory, record, setEnd, version, options);
            if (bytes == TemplateRecord.MALFORMED) {
                return false;
            }
            if (bytes == TemplateRecord.PADDING) {
                return true;
            }
            record += bytes;
        }
        return true;
    }

    /** Goes to the first set, of a well-formed message, or to the next; whether there is one. */
    boolean nextSet() {
        set = set == 0 ? at + headerBytes() : set + setBytes();
        return set < end;
    }

    /** Goes before the first set. */
    void rewind() {
        set = 0;
    }

    long setAt() {
        return set;
    }

    int setId() {
        return u16(memory, set);
    }

    int setBytes() {
        return u16(memory, set + 2);
    }

    long setEnd() {
        return set + setBytes();
    }

    /** Whether sets with the id hold templates or options templates. */
    boolean isTemplateSet(int id) {
        return version == IPFIX ? id == IPFIX_TEMPLATE_SET || id == IPFIX_OPTIONS_SET : id <= V9_OPTIONS_SET;
    }

    /** Whether they hold options templates. */
    boolean isOptionsSet(int id) {
        return id == (version == IPFIX ? IPFIX_OPTIONS_SET : V9_OPTIONS_SET);
    }

    /** Whether there is a set of templates or options templates. */
    boolean hasTemplates() {
        return hasTemplates;
    }

    MemorySegment memory() {
        return memory;
    }

    long at() {
        return at;
    }

    /** {@link #V9} or {@link #IPFIX}. */
    int version() {
        return version;
    }

    int headerBytes() {
        return headerBytes(version);
    }

    static int headerBytes(int version) {
        return version == IPFIX ? IPFIX_HEADER_BYTES : V9_HEADER_BYTES;
    }

    /** The observation domain; v9 calls it the source id. */
    int domain() {
        return i32(memory, at + headerBytes() - Integer.BYTES);
    }

    static int templateSetId(int version, boolean options) {
        return (version == IPFIX ? IPFIX_TEMPLATE_SET : 0) + (options ? 1 : 0);
    }
}
