/** Which datagram of a batch goes to which endpoint, and in which message: arithmetic on ints, without input or output. */
package dev.udpfanout.forwarder.spread;
