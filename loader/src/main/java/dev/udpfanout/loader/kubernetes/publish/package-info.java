/** What Kubernetes is told: whether this node is ready, in EndpointSlices of its own. */
package dev.udpfanout.loader.kubernetes.publish;
