package dev.udpfanout.lab.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Says how far the sending is: one line rewritten in place on a terminal, elsewhere a line a second. */
final class ProgressLine {
    private static final long SPARSE_NS = 1_000_000_000;

    private final PrintStream out;
    private final boolean inPlace;
    private final long total;
    private long lastNs;

    /**
     * @param inPlace whether the output is a terminal
     * @param total how many datagrams are to be sent
     * @param startNs now, on the clock of {@link #update}
     */
    ProgressLine(PrintStream out, boolean inPlace, long total, long startNs) {
        this.out = out;
        this.inPlace = inPlace;
        this.total = total;
        this.lastNs = startNs;
    }

    /** Tells how many have been sent and received up to now. */
    void update(long sent, long received, long nowNs) {
        if (inPlace) {
            out.print("\r" + text(sent, received));
            out.flush();
        } else if (nowNs - lastNs >= SPARSE_NS) {
            lastNs = nowNs;
            out.println(text(sent, received));
        }
    }

    /** Tells the end and goes to the next line. */
    void finish(long sent, long received) {
        out.println((inPlace ? "\r" : "") + text(sent, received));
    }

    private String text(long sent, long received) {
        return String.format(
                Locale.ROOT,
                "  sending %,d of %,d datagrams (%d %%), %,d received",
                sent,
                total,
                total == 0 ? 100 : 100 * sent / total,
                received);
    }
}
