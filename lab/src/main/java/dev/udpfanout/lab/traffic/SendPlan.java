package dev.udpfanout.lab.traffic;

import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What to send. Always bounded, in number and in time.
 *
 * @param destination where to
 * @param datagrams how many
 * @param payloadBytes the size of each payload, 0 to 65,507
 * @param perSecond the rate in datagrams a second; 0 for as fast as it goes
 * @param limit after which sending stops, done or not
 */
public record SendPlan(
        InetSocketAddress destination, long datagrams, int payloadBytes, long perSecond, Duration limit) {
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);

    /** @throws IllegalArgumentException for a size, a number or a rate out of range */
    public SendPlan {
        if (payloadBytes < 0 || payloadBytes > Payload.MAX_DATAGRAM_BYTES) {
            throw new IllegalArgumentException("payload of " + payloadBytes + " bytes");
        }
        if (datagrams < 0 || perSecond < 0) {
            throw new IllegalArgumentException(datagrams + " datagrams, " + perSecond + " a second");
        }
    }

    /** One datagram without haste: the start of a plan. */
    public static SendPlan to(InetSocketAddress destination) {
        return new SendPlan(destination, 1, 64, 0, DEFAULT_LIMIT);
    }

    /** The same plan with a number of datagrams. */
    public SendPlan datagrams(long count) {
        return new SendPlan(destination, count, payloadBytes, perSecond, limit);
    }

    /** The same plan with a payload size, in bytes. */
    public SendPlan payloadBytes(int size) {
        return new SendPlan(destination, datagrams, size, perSecond, limit);
    }

    /** The same plan with a rate, in datagrams a second; 0 for as fast as it goes. */
    public SendPlan perSecond(long rate) {
        return new SendPlan(destination, datagrams, payloadBytes, rate, limit);
    }

    /** The same plan with a time limit; 30 s if not said. */
    public SendPlan within(Duration time) {
        return new SendPlan(destination, datagrams, payloadBytes, perSecond, time);
    }
}
