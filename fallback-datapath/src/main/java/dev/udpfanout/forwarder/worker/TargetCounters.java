package dev.udpfanout.forwarder.worker;

/**
 * What one worker counts of one endpoint. Only the worker raises the counts; any thread reads them.
 *
 * @param forwarded datagrams that the kernel took
 * @param forwardedBytes their payload
 * @param unreachable ICMP answers that the port is closed
 */
public record TargetCounters(Counter forwarded, Counter forwardedBytes, Counter unreachable) {
    TargetCounters() {
        this(new Counter(), new Counter(), new Counter());
    }
}
