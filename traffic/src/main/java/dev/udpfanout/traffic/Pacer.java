package dev.udpfanout.traffic;

import java.util.concurrent.locks.LockSupport;

/** Spreads datagrams over time; after a stall it goes on at the rate instead of making up for it in one burst. */
public final class Pacer {
    private static final long MAX_BURST = 64;
    private static final long PAUSE_NS = 200_000;
    private static final double NS_PER_S = 1e9;

    private final long perSecond;
    private long lastNs;
    private double owed = 1;

    /**
     * @param perSecond datagrams a second; 0 for no limit
     * @param startNs now, on the clock that {@link #due} is given
     */
    public Pacer(long perSecond, long startNs) {
        this.perSecond = perSecond;
        this.lastNs = startNs;
    }

    /** How many datagrams to send now; they count as sent. */
    public long due(long nowNs) {
        if (perSecond == 0) {
            return MAX_BURST;
        }
        owed = Math.min(MAX_BURST, owed + (nowNs - lastNs) * perSecond / NS_PER_S);
        lastNs = nowNs;
        long due = (long) owed;
        owed -= due;
        return due;
    }

    /** Leaves the CPU to the receivers for a moment, if there is a rate to keep. */
    public void pause() {
        if (perSecond != 0) {
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
