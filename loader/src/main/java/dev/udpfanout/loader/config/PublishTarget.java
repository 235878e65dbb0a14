package dev.udpfanout.loader.config;

import java.util.Optional;

/**
 * The LoadBalancer Service that a listener serves: its node's EndpointSlice says whether this node is ready for it.
 *
 * @param namespace the Service's; empty for the pod's own, which is known at run time only
 * @param service the Service's name
 * @param addresses the range out of which each node publishes an address of its own, every address of which this node
 *     serves; empty where what is published is the listener's own address, or the interface's of a VIP-direct one
 */
public record PublishTarget(Optional<String> namespace, String service, Optional<Prefix> addresses) {}
