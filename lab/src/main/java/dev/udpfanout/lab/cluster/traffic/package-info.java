/** Numbered datagrams from many senders at once, and which of them arrived at any pod. */
package dev.udpfanout.lab.cluster.traffic;
