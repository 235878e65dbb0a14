/** Where on its way a datagram spends its time. */
package dev.udpfanout.bench.hop;
