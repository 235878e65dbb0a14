/** EndpointSlices as such. */
package dev.udpfanout.loader.kubernetes.slice;
