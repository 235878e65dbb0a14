/**
 * What udp-fanout drops, one datagram at a time: {@code udp-fanout drops}. The kernel program notes the reason on each
 * packet that it drops, and a probe reads the note while somebody watches.
 */
package dev.udpfanout.loader.drops;
