/**
 * {@code make chaos}: faults, one after the other, on a node under load, with every lost datagram accounted for by the
 * fault that explains it.
 */
package dev.udpfanout.loader.chaos;
