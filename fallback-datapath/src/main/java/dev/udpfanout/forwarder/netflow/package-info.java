/**
 * NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): which sets of a message every collector needs, the memory of templates,
 * and messages that hold these alone. Knows neither sockets nor threads; one worker's objects.
 */
package dev.udpfanout.forwarder.netflow;
