package dev.udpfanout.loader.datapath.kernel.netflow;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A message of NetFlow v9 (RFC 3954) or IPFIX (RFC 7011), put together set by set. */
final class FlowMessage {
    static final int DATA_ID = 256;
    static final int OPTIONS_ID = 512;
    private static final int DOMAIN = 77;
    private static final int MAX_BYTES = 1400;

    private final boolean ipfix;
    private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
    private int records;

    FlowMessage(boolean ipfix, int sequence) {
        this.ipfix = ipfix;
        bytes.putShort((short) (ipfix ? 10 : 9)).putShort((short) 0);
        if (!ipfix) {
            bytes.putInt(1000);
        }
        bytes.putInt(1_700_000_000).putInt(sequence).putInt(DOMAIN);
    }

    /** The template of {@link #data}: one field of four bytes (octetDeltaCount, IN_BYTES). */
    FlowMessage template() {
        return set(ipfix ? 2 : 0, DATA_ID, 1, 1, 4);
    }

    /** The template of {@link #options}: a scope (exporting process; system) and the sampling interval. */
    FlowMessage optionsTemplate() {
        return ipfix ? set(3, OPTIONS_ID, 2, 1, 144, 4, 34, 4) : set(1, OPTIONS_ID, 4, 4, 1, 4, 34, 4, 0);
    }

    FlowMessage options(int interval) {
        return set(OPTIONS_ID, 0, 1, interval >>> 16, interval & 0xffff);
    }

    FlowMessage data(int record) {
        return set(DATA_ID, record >>> 16, record & 0xffff);
    }

    private FlowMessage set(int id, int... shorts) {
        bytes.putShort((short) id).putShort((short) (4 + 2 * shorts.length));
        Arrays.stream(shorts).forEach(each -> bytes.putShort((short) each));
        records++;
        return this;
    }

    byte[] bytes() {
        bytes.putShort(2, (short) (ipfix ? bytes.position() : records));
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
