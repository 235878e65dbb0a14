/** What the daemon shows of itself: plain immutable values, read by metrics, the admin server and {@code status}. */
package dev.udpfanout.loader.status;
