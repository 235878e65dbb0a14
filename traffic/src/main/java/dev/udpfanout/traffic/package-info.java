/** Datagrams with numbers in them: what they carry, how that is checked, and the pace at which they are sent. */
package dev.udpfanout.traffic;
