package dev.udpfanout.forwarder.netflow;

import static dev.udpfanout.forwarder.netflow.NetworkBytes.u16;

import java.lang.foreign.MemorySegment;

/** The records of template and options-template sets: RFC 3954, sections 5.2 and 6.1; RFC 7011, section 3.4. */
final class TemplateRecord {
    /** Zeros that fill the set up stand here. */
    static final int PADDING = 0;

    /** The record does not fit its set, or says what no record can say. */
    static final int MALFORMED = -1;

    /** Bytes of the shortest record, and of an IPFIX withdrawal: an id and a count. */
    static final int MIN_BYTES = 4;

    /** The lowest id of a template; those below are of sets that describe others. */
    static final int MIN_ID = 256;

    /** A field of this length says its own length in each record; IPFIX only. */
    private static final int VARIABLE = 65_535;

    private static final int ENTERPRISE_BIT = 0x8000;
    private static final int OPTIONS_HEAD_BYTES = 6;
    private static final int FIELD_BYTES = 4;

    private TemplateRecord() {}

    /**
     * How many bytes a record takes.
     *
     * @param end where its set ends; at least {@link #MIN_BYTES} behind {@code at}
     * @param options whether the set is of options templates
     * @return {@link #PADDING} or {@link #MALFORMED} where there is none
     */
    static int bytes(MemorySegment memory, long at, long end, int version, boolean options) {
        int id = u16(memory, at);
        int count = u16(memory, at + 2);
        if (id == 0 && count == 0) {
            return PADDING;
        }
        long bytes = version == NetflowMessage.IPFIX
                ? ipfixBytes(memory, at, end, id, count, options)
                : v9Bytes(memory, at, end, id, count, options);
        return bytes > end - at ? MALFORMED : (int) bytes;
    }

    private static long v9Bytes(MemorySegment memory, long at, long end, int id, int count, boolean options) {
        if (id < MIN_ID) {
            return MALFORMED;
        }
        if (!options) {
            return count == 0 ? MALFORMED : MIN_BYTES + (long) count * FIELD_BYTES;
        }
        if (end - at < OPTIONS_HEAD_BYTES) {
            return MALFORMED;
        }
        int fieldsBytes = count + u16(memory, at + 4);
        boolean isWhole = count % FIELD_BYTES == 0 && fieldsBytes % FIELD_BYTES == 0 && fieldsBytes > 0;
        return isWhole ? OPTIONS_HEAD_BYTES + (long) fieldsBytes : MALFORMED;
    }

    private static long ipfixBytes(MemorySegment memory, long at, long end, int id, int count, boolean options) {
        if (count == 0) {
            boolean isOfAll = id == (options ? NetflowMessage.IPFIX_OPTIONS_SET : NetflowMessage.IPFIX_TEMPLATE_SET);
            return id >= MIN_ID || isOfAll ? MIN_BYTES : MALFORMED;
        }
        if (id < MIN_ID || options && !hasScope(memory, at, end, count)) {
            return MALFORMED;
        }
        long field = at + (options ? OPTIONS_HEAD_BYTES : MIN_BYTES);
        for (int i = 0; i < count; i++) {
            if (end - field < FIELD_BYTES) {
                return MALFORMED;
            }
            field += fieldBytes(memory, field);
        }
        return field - at;
    }

    private static boolean hasScope(MemorySegment memory, long at, long end, int count) {
        if (end - at < OPTIONS_HEAD_BYTES) {
            return false;
        }
        int scope = u16(memory, at + 4);
        return scope > 0 && scope <= count;
    }

    private static int fieldBytes(MemorySegment memory, long at) {
        return (u16(memory, at) & ENTERPRISE_BIT) == 0 ? FIELD_BYTES : 2 * FIELD_BYTES;
    }

    /** Whether it takes a template back; only of a record that is not malformed. */
    static boolean isWithdrawal(MemorySegment memory, long at, int version) {
        return version == NetflowMessage.IPFIX && u16(memory, at + 2) == 0;
    }

    /** Bytes of each data record that the template describes; 0 where they differ from record to record. */
    static int dataBytes(MemorySegment record, int version, boolean options) {
        return fieldsBytes(record, version, options, Integer.MAX_VALUE);
    }

    /**
     * Bytes of the scope and the first field behind it at the beginning of each options data record, which say what the
     * record is about; 0 where they differ from record to record.
     */
    static int identityBytes(MemorySegment record, int version) {
        int scopeFields = version == NetflowMessage.IPFIX ? u16(record, 4) : u16(record, 2) / FIELD_BYTES;
        return fieldsBytes(record, version, true, scopeFields + 1);
    }

    private static int fieldsBytes(MemorySegment record, int version, boolean options, int firstFields) {
        int total = 0;
        long field = options ? OPTIONS_HEAD_BYTES : MIN_BYTES;
        for (int i = 0; i < firstFields && field < record.byteSize(); i++) {
            int length = u16(record, field + 2);
            if (length == VARIABLE && version == NetflowMessage.IPFIX) {
                return 0;
            }
            total += length;
            field += version == NetflowMessage.IPFIX ? fieldBytes(record, field) : FIELD_BYTES;
        }
        return total;
    }
}
