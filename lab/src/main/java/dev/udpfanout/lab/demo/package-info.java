/** {@code make demo}: the same traffic with kube-proxy alone and with udp-fanout. */
package dev.udpfanout.lab.demo;
