/** Datagrams with numbered, checkable payloads: senders, receivers, and what the kernel counted on the way. */
package dev.udpfanout.lab.traffic;
