/**
 * Tables of iptables-legacy: read as the kernel gives them to whoever asks, and changed by iptables' own library
 * (libiptc), under iptables' own lock.
 */
package dev.udpfanout.bindings.xtables;
