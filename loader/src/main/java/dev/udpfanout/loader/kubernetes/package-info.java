/**
 * What udp-fanout asks of Kubernetes and tells it: receivers from EndpointSlices, the VIPs of a Service, and this node's own
 * EndpointSlice. Nothing outside of this package knows the client library, and nothing here is loaded unless the
 * configuration has a {@code kubernetes} or {@code publish} section.
 */
package dev.udpfanout.loader.kubernetes;
