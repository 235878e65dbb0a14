package dev.udpfanout.loader.control;

import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import java.net.InetSocketAddress;

/**
 * One receiver.
 *
 * @param name for people and metrics
 * @param address its address and UDP port
 * @param weight its part of the datagrams, compared with the others'; at least 1
 */
public record Endpoint(String name, InetSocketAddress address, int weight) {
    /** @throws IllegalArgumentException if the weight is not in 1..{@value Downstream#MAX_WEIGHT} */
    public Endpoint {
        if (weight < 1 || weight > Downstream.MAX_WEIGHT) {
            throw new IllegalArgumentException("weight " + weight + " is not in 1.." + Downstream.MAX_WEIGHT);
        }
    }

    /** A receiver that is like all others. */
    public Endpoint(String name, InetSocketAddress address) {
        this(name, address, 1);
    }
}
