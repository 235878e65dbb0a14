package dev.udpfanout.bench.program;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a datagram carries. */
enum Contents {
    ZEROS {
        @Override
        byte[] payload(int bytes) {
            return new byte[bytes];
        }
    },
    /** One message of NetFlow v9, with one set of data and no template: RFC 3954, sections 5.1 and 5.3. */
    NETFLOW_DATA {
        @Override
        byte[] payload(int bytes) {
            return ByteBuffer.allocate(bytes)
                    .putShort((short) 9)
                    .putShort((short) 1)
                    .position(HEADER_BYTES)
                    .putShort((short) FIRST_TEMPLATE)
                    .putShort((short) (bytes - HEADER_BYTES))
                    .array();
        }
    },
    /** One metric of StatsD, and ends of lines behind it. */
    STATSD_METRIC {
        @Override
        byte[] payload(int bytes) {
            byte[] payload = new byte[bytes];
            Arrays.fill(payload, (byte) '\n');
            byte[] metric = METRIC.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(metric, 0, payload, 0, metric.length);
            return payload;
        }
    };

    private static final int HEADER_BYTES = 20;
    private static final int FIRST_TEMPLATE = 256;

    /** Its name has 16 bytes. */
    private static final String METRIC = "app.requests.web:1|c";

    /** @param bytes at least 24 */
    abstract byte[] payload(int bytes);
}
