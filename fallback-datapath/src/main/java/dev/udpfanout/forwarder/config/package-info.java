/**
 * What a forwarder is asked to do: its address, workers, transport and bounds; and the exception that says it cannot be
 * had.
 */
package dev.udpfanout.forwarder.config;
