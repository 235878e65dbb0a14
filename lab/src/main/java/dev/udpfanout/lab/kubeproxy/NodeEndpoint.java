package dev.udpfanout.lab.kubeproxy;

import java.net.InetSocketAddress;

/**
 * A ready endpoint of a Service.
 *
 * @param address where datagrams go
 * @param nodeName the node that it is on, as its EndpointSlice says
 */
public record NodeEndpoint(InetSocketAddress address, String nodeName) {}
