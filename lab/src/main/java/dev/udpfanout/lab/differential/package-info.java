/**
 * The differential contract: in every network in which kube-proxy alone delivers a datagram, so does udp-fanout, by
 * every way in. Each network is built once; the same load is sent first with kube-proxy's rules alone, then with the
 * daemon, and what arrives is compared.
 */
package dev.udpfanout.lab.differential;
