/** What the example's receivers run: datagrams are received and counted. Knows nothing of the daemon. */
package dev.udpfanout.loader.receiver;
