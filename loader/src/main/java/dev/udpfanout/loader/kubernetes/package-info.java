/**
 * What udp-fanout asks of Kubernetes and tells it: receivers from EndpointSlices, the VIPs of a Service, and this node's own
 * EndpointSlice. Others only hold the client and close it; nothing here is loaded unless the
 * configuration has a {@code kubernetes} or {@code publish} section.
 */
package dev.udpfanout.loader.kubernetes;
