package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.flow.FlowKey;

/**
 * Picks the endpoint of a flow that begins, as the listener's policy has it; never asked while there are no endpoints.
 */
@FunctionalInterface
public interface FlowChoice<T extends Target> {
    T choose(FlowKey client);
}
