package dev.udpfanout.traffic;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/** Writes one message of NetFlow v9 (RFC 3954) or IPFIX (RFC 7011), set by set. */
public final class FlowMessage {
    private static final int V9 = 9;
    private static final int IPFIX = 10;
    private static final int MAX_BYTES = 65_507;
    private static final int ALIGNMENT = 4;

    private final int version;
    private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
    private int records;

    private FlowMessage(int version) {
        this.version = version;
    }

    /** @param sequence of the message, as its exporter counts them */
    public static FlowMessage v9(int sequence, int sourceId) {
        FlowMessage message = new FlowMessage(V9);
        message.bytes.putShort((short) V9).putShort((short) 0).putInt(60_000).putInt(seconds());
        message.bytes.putInt(sequence).putInt(sourceId);
        return message;
    }

    /** @param sequence how many records its exporter has sent before */
    public static FlowMessage ipfix(int sequence, int domain) {
        FlowMessage message = new FlowMessage(IPFIX);
        message.bytes.putShort((short) IPFIX).putShort((short) 0).putInt(seconds());
        message.bytes.putInt(sequence).putInt(domain);
        return message;
    }

    private static int seconds() {
        return (int) Instant.now().getEpochSecond();
    }

    /** A set with templates. */
    public FlowMessage templates(FlowLayout... layouts) {
        return set(version == IPFIX ? 2 : 0, () -> {
            for (FlowLayout layout : layouts) {
                layout.writeTemplate(bytes);
                records++;
            }
        });
    }

    /** A set with one options template, of a sampling interval (34) by interface (scope 2, or ingressInterface 10). */
    public FlowMessage samplingTemplate(int id) {
        return set(version == IPFIX ? 3 : 1, () -> {
            bytes.putShort((short) id);
            if (version == IPFIX) {
                bytes.putShort((short) 2).putShort((short) 1);
            } else {
                bytes.putShort((short) 4).putShort((short) 4);
            }
            bytes.putShort((short) (version == IPFIX ? 10 : 2)).putShort((short) Integer.BYTES);
            bytes.putShort((short) 34).putShort((short) Integer.BYTES);
            records++;
        });
    }

    /** A set of options data: at each of these interfaces one packet of so many is looked at. */
    public FlowMessage sampling(int id, int oneOf, int... interfaces) {
        return set(id, () -> {
            for (int index : interfaces) {
                bytes.putInt(index).putInt(oneOf);
                records++;
            }
        });
    }

    /** IPFIX: takes a template back. */
    public FlowMessage withdrawal(int id) {
        return set(2, () -> bytes.putShort((short) id).putShort((short) 0));
    }

    /** A set with a record for each number. */
    public FlowMessage records(FlowLayout layout, long... numbers) {
        return set(layout.templateId(), () -> {
            for (long number : numbers) {
                layout.writeRecord(bytes, number);
                records++;
            }
        });
    }

    private FlowMessage set(int id, Runnable content) {
        int at = bytes.position();
        bytes.putShort((short) id).putShort((short) 0);
        content.run();
        while (bytes.position() % ALIGNMENT != 0) {
            bytes.put((byte) 0);
        }
        bytes.putShort(at + 2, (short) (bytes.position() - at));
        return this;
    }

    /** The message so far, its count or length right. */
    public byte[] bytes() {
        bytes.putShort(2, (short) (version == IPFIX ? bytes.position() : records));
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
