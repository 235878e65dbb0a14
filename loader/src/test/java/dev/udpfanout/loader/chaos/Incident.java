package dev.udpfanout.loader.chaos;

import java.time.Duration;
import java.util.List;

/**
 * A fault that has happened.
 *
 * @param from of each flow the first number that was sent after it began
 * @param back of each flow the first number that was sent after its event had returned
 * @param to of each flow the first number that was sent after it was mended
 * @param mended how long it took until all arrived again and the daemon was ready
 * @param counted what was counted meanwhile
 * @param problem why it was not mended, or not in time; empty if it was
 */
record Incident(
        Fault fault,
        List<Integer> from,
        List<Integer> back,
        List<Integer> to,
        Duration mended,
        Counters counted,
        String problem) {
    /** Datagrams that may still be in a queue when an interface goes: a tenth of a second of each flow. */
    private static final int UNDER_WAY = 1_000;

    /** Whether the fault explains that a datagram is lost. */
    boolean covers(int flow, int number) {
        int first = from.get(flow) - (fault.mayLose() > 0 ? UNDER_WAY : 0);
        return number >= first && number < to.get(flow);
    }

    /** Whether what the fault took away was back already when a datagram was sent. */
    boolean isLate(int flow, int number) {
        return fault.restores() && number >= back.get(flow) + UNDER_WAY;
    }
}
