package dev.udpfanout.loader.datapath.kernel.netflow;

import java.nio.ByteBuffer;

/**
 * What the program's walk of a well-formed message leaves out by design, where user space does not: docs/netflow.md,
 * "Limits in the kernel".
 */
final class KernelLimits {
    /** UF_MAX_STEPS of netflow.h; the end takes one. */
    private static final int MAX_STEPS = 127;

    private static final int MIN_ID = 256;

    private final ByteBuffer message;
    private final boolean ipfix;
    private int steps;
    private boolean isAmbiguous;

    private KernelLimits(byte[] message) {
        this.message = ByteBuffer.wrap(message);
        this.ipfix = message[1] == 10;
        for (int at = ipfix ? 16 : 20; at < message.length; at += u16(at + 2)) {
            steps++;
            int options = u16(at) - (ipfix ? 2 : 0);
            if (options == 0 || options == 1) {
                records(at + 4, at + u16(at + 2), options == 1);
            }
        }
    }

    static KernelLimits of(byte[] wellFormed) {
        return new KernelLimits(wellFormed);
    }

    /** Whether there are more sets and templates than the program looks at: it is spread as any datagram. */
    boolean hasTooManySteps() {
        return steps > MAX_STEPS;
    }

    /**
     * Whether it says what no exporter has a use for, and what the program does not follow: it takes back all options
     * templates at once (by UDP none may: RFC 7011 section 8.1).
     */
    boolean isAmbiguous() {
        return isAmbiguous;
    }

    private void records(int from, int end, boolean options) {
        int at = from;
        while (at < end) {
            steps++;
            if (end - at < 4 || u16(at) == 0 && u16(at + 2) == 0) {
                return;
            }
            isAmbiguous |= ipfix && options && u16(at + 2) == 0 && u16(at) < MIN_ID;
            at += recordBytes(at, options);
        }
    }

    private int recordBytes(int at, boolean options) {
        int count = u16(at + 2);
        if (!ipfix) {
            return options ? 6 + count + u16(at + 4) : 4 + 4 * count;
        }
        int next = at + (options && count > 0 ? 6 : 4);
        for (int i = 0; i < count; i++) {
            next += (u16(next) & 0x8000) == 0 ? 4 : 8;
        }
        return next - at;
    }

    private int u16(int at) {
        return Short.toUnsignedInt(message.getShort(at));
    }
}
