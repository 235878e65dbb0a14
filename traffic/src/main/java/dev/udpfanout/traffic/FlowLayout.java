package dev.udpfanout.traffic;

import java.nio.ByteBuffer;

/**
 * What a record of {@link FlowMessage} looks like: a flow of UDP over IPv4 whose count of bytes is the record's unique
 * number, so that what collectors print of it can be told record by record. Its ports, source and destination, are the
 * number's last 32 bits.
 *
 * @param templateId 256 to 65535
 * @param furtherFields fields of four bytes behind the ones of every record, so that templates under one id differ
 */
public record FlowLayout(int templateId, int furtherFields) {
    /** Types and lengths: IN_BYTES, IN_PKTS, IPv4 addresses, ports, protocol. Source: RFC 3954, section 8. */
    private static final int[][] FIELDS = {{1, 8}, {2, 4}, {8, 4}, {12, 4}, {7, 2}, {11, 2}, {4, 1}};

    /** SRC_AS, which collectors take in four bytes. */
    private static final int FURTHER_TYPE = 16;

    private static final int FIXED_BYTES = 25;
    private static final int UDP = 17;

    void writeTemplate(ByteBuffer to) {
        to.putShort((short) templateId).putShort((short) (FIELDS.length + furtherFields));
        for (int[] field : FIELDS) {
            to.putShort((short) field[0]).putShort((short) field[1]);
        }
        for (int i = 0; i < furtherFields; i++) {
            to.putShort((short) (FURTHER_TYPE + i)).putShort((short) Integer.BYTES);
        }
    }

    void writeRecord(ByteBuffer to, long number) {
        to.putLong(number).putInt(1).putInt(0x0a000001).putInt(0x0a000002);
        to.putShort((short) (number >>> Short.SIZE)).putShort((short) number).put((byte) UDP);
        for (int i = 0; i < furtherFields; i++) {
            to.putInt((int) number);
        }
    }

    int recordBytes() {
        return FIXED_BYTES + furtherFields * Integer.BYTES;
    }
}
