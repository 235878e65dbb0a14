/** Programs that measure the forwarder, run by hand or by {@code bench}'s scripts; no tests. */
package dev.udpfanout.forwarder.bench;
