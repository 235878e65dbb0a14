/** What Kubernetes tells: receivers from EndpointSlices, and the VIPs of a Service. */
package dev.udpfanout.loader.kubernetes.discovery;
