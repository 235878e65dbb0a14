package dev.udpfanout.loader.config;

import java.util.Optional;

/**
 * The LoadBalancer Service that a listener serves: its node's EndpointSlice says whether this node is ready for it.
 *
 * @param namespace the Service's; empty for the pod's own, which is known at run time only
 * @param service the Service's name
 */
public record PublishTarget(Optional<String> namespace, String service) {}
