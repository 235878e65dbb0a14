/** What a forwarder has counted, as its user reads it: datagrams, drops by reason, flows. */
package dev.udpfanout.forwarder.counter;
