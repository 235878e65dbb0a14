package dev.udpfanout.loader.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Objects;

/**
 * Leaves out events that say what the ones right before them said, word for word, and counts them. The first few are
 * logged, and after a minute one more, so that what goes on for ever is not forgotten.
 */
final class RepeatedEvents extends Filter<ILoggingEvent> {
    static final int LOGGED = 3;
    private static final long AGAIN_AFTER_MS = 60_000;

    private String last = "";
    private int inARow;
    private long lastLoggedMs;
    private long leftOut;

    @Override
    public synchronized FilterReply decide(ILoggingEvent event) {
        String now = event.getLevel() + event.getFormattedMessage() + Objects.toString(event.getKeyValuePairs());
        if (!now.equals(last)) {
            last = now;
            inARow = 1;
        } else if (++inARow > LOGGED && event.getTimeStamp() - lastLoggedMs < AGAIN_AFTER_MS) {
            leftOut++;
            return FilterReply.DENY;
        }
        lastLoggedMs = event.getTimeStamp();
        return FilterReply.NEUTRAL;
    }

    /** How many were left out since the last call: of the event that was logged last before this one. */
    synchronized long takeLeftOut() {
        long taken = leftOut;
        leftOut = 0;
        return taken;
    }
}
