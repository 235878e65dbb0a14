/**
 * What udp-fanout asks of Kubernetes and tells it: {@code discovery} has receivers from EndpointSlices and the VIPs of
 * a Service, {@code publish} this node's own EndpointSlice; both stand on {@code slice}, {@code watch} and {@code api}.
 * Others only hold the client and close it; nothing here is loaded unless the configuration has a {@code kubernetes} or
 * {@code publish} section.
 */
package dev.udpfanout.loader.kubernetes;
