/** Sending numbered datagrams, to try a listener with. */
package dev.udpfanout.loader.sender;
