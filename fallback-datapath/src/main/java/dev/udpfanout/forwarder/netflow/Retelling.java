package dev.udpfanout.forwarder.netflow;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages with all that is remembered of an exporter, for an endpoint that joins: templates before the options data
 * that they describe, each message with the header of the exporter's last one with templates.
 */
public final class Retelling {
    private static final int COUNT_OFFSET = 2;
    private static final int ALIGNMENT = 4;

    private final Exporter exporter;
    private final int maxBytes;
    private final List<byte[]> messages = new ArrayList<>();
    private ByteBuffer message;
    private int setAt;
    private int setId;
    private int records;

    private Retelling(Exporter exporter, int maxBytes) {
        this.exporter = exporter;
        this.maxBytes = maxBytes;
    }

    /** @param maxBytes of a message; one with a single record that is longer is longer */
    public static List<byte[]> of(Exporter exporter, int maxBytes) {
        Retelling retelling = new Retelling(exporter, maxBytes);
        retelling.write();
        return retelling.messages;
    }

    private void write() {
        for (boolean options : new boolean[] {false, true}) {
            for (Template template : exporter.templates()) {
                if (template.options() == options) {
                    add(NetflowMessage.templateSetId(exporter.version(), options), template.record());
                }
            }
        }
        for (Template template : exporter.templates()) {
            template.data().forEach(data -> add(template.id(), data));
        }
        finish();
    }

    private void add(int id, byte[] record) {
        boolean opens = message == null || setId != id;
        int needed = record.length + (opens ? NetflowMessage.SET_HEADER_BYTES : 0) + 2 * ALIGNMENT;
        if (message != null && message.position() + needed > maxBytes) {
            finish();
            opens = true;
        }
        if (message == null) {
            message = ByteBuffer.allocate(Math.max(maxBytes, exporter.header().length + needed));
            message.put(exporter.header());
        }
        if (opens) {
            closeSet();
            setAt = message.position();
            setId = id;
            message.putShort((short) id).putShort((short) 0);
        }
        message.put(record);
        records++;
    }

    /** With zeros up to a multiple of four, where they cannot be taken for a record. */
    private void closeSet() {
        if (setAt == 0) {
            return;
        }
        Template described = exporter.template(setId);
        if (described == null || described.dataBytes() >= ALIGNMENT) {
            while ((message.position() - setAt) % ALIGNMENT != 0) {
                message.put((byte) 0);
            }
        }
        message.putShort(setAt + 2, (short) (message.position() - setAt));
        setAt = 0;
    }

    private void finish() {
        if (message == null) {
            return;
        }
        closeSet();
        int bytes = message.position();
        byte[] whole = new byte[bytes];
        message.get(0, whole);
        NetworkBytes.writeU16(
                MemorySegment.ofArray(whole),
                COUNT_OFFSET,
                exporter.version() == NetflowMessage.IPFIX ? bytes : records);
        messages.add(whole);
        message = null;
        records = 0;
    }
}
