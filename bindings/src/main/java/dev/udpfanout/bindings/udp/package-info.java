/** UDP sockets that the JDK does not have: udp(7), ip(7). */
package dev.udpfanout.bindings.udp;
