package dev.udpfanout.bench.suite;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One line that says how far the run is; where nobody watches a terminal, a line now and then. */
public final class Progress {
    private static final long SPARSE_NS = TimeUnit.SECONDS.toNanos(10);

    private final PrintStream out;
    private final boolean inPlace;
    private final long beganNs = System.nanoTime();
    private long lastNs = beganNs - SPARSE_NS;
    private int width;

    /** @param inPlace whether the output is a terminal */
    public Progress(PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    /** Tells what is being done, as step {@code done} of {@code total}. */
    public void at(String what, int done, int total) {
        long nowNs = System.nanoTime();
        String text = String.format(
                Locale.ROOT, "%4d s  %s, %d of %d", TimeUnit.NANOSECONDS.toSeconds(nowNs - beganNs), what, done, total);
        if (inPlace) {
            out.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
            out.flush();
            width = text.length();
        } else if (nowNs - lastNs >= SPARSE_NS || done == total) {
            lastNs = nowNs;
            out.println(text);
        }
    }

    /** Leaves the line. */
    public void end() {
        if (inPlace) {
            out.print("\r" + " ".repeat(width) + "\r");
            out.flush();
        }
    }
}
