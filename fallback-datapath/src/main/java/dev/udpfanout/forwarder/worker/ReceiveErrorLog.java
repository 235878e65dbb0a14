package dev.udpfanout.forwarder.worker;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Reports failed receive calls, at most once an interval and never on the worker's own thread. */
public final class ReceiveErrorLog {
    private final Logger logger;
    private final Executor background;
    private final LongSupplier clockNs;
    private final long intervalNs;
    private long lastReportNs;
    private boolean reported;
    private long unreported;

    /**
     * @param background where the logger is called
     * @param clockNs a clock as {@link System#nanoTime()}
     */
    public ReceiveErrorLog(Logger logger, Executor background, LongSupplier clockNs, Duration interval) {
        this.logger = logger;
        this.background = background;
        this.clockNs = clockNs;
        this.intervalNs = interval.toNanos();
    }

    /** Takes note of an error; called by one worker's thread. */
    public void onError(String what) {
        unreported++;
        long nowNs = clockNs.getAsLong();
        if (reported && nowNs - lastReportNs < intervalNs) {
            return;
        }
        reported = true;
        lastReportNs = nowNs;
        long errors = unreported;
        unreported = 0;
        background.execute(() ->
                logger.warn("receiving goes on after {} error(s) since the last report; the latest: {}", errors, what));
    }
}
