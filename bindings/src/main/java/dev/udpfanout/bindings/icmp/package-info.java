/** Sockets for ICMP echo requests, raw or unprivileged, and what comes back to them: icmp(7). */
package dev.udpfanout.bindings.icmp;
