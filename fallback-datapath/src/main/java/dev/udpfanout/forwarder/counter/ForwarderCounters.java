package dev.udpfanout.forwarder.counter;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * What a forwarder has done since it was started. The parts of one snapshot are read one after the other, under
 * traffic: once traffic stops, {@code received} equals {@code forwarded} and the drops between the two. With
 * {@link dev.udpfanout.forwarder.spread.Spread#TO_ALL} each copy counts as a datagram.
 *
 * @param received datagrams read from the listening sockets
 * @param receivedBytes their payload
 * @param forwarded datagrams that the kernel took for a receiver
 * @param forwardedBytes their payload
 * @param dropped datagrams by reason; every reason is present
 * @param receiveErrors failed receive calls; each was survived
 * @param workerReceived the datagrams of {@code received} by worker
 * @param endpoints what was forwarded to each endpoint of the table in force, in its order, then to the last that were
 *     in an earlier one: an endpoint's count goes on when it comes back
 * @param flows what was done about replies
 * @param netflow what was done about templates
 */
public record ForwarderCounters(
        long received,
        long receivedBytes,
        long forwarded,
        long forwardedBytes,
        Map<DropReason, Long> dropped,
        long receiveErrors,
        List<Long> workerReceived,
        Map<InetSocketAddress, EndpointCounters> endpoints,
        FlowCounters flows,
        NetflowCounters netflow) {

    /**
     * @param forwarded datagrams that the kernel took for this endpoint
     * @param forwardedBytes their payload
     * @param unreachable answers by ICMP that its port is closed
     */
    public record EndpointCounters(long forwarded, long forwardedBytes, long unreachable) {
        public EndpointCounters plus(EndpointCounters other) {
            return new EndpointCounters(
                    forwarded + other.forwarded,
                    forwardedBytes + other.forwardedBytes,
                    unreachable + other.unreachable);
        }
    }

    /** The same when the forwarder's flows have ended with it. */
    public ForwarderCounters closed() {
        return new ForwarderCounters(
                received,
                receivedBytes,
                forwarded,
                forwardedBytes,
                dropped,
                receiveErrors,
                workerReceived,
                endpoints,
                flows.closed(),
                netflow);
    }

    /** Drops for one reason. */
    public long dropped(DropReason reason) {
        return dropped.get(reason);
    }
}
