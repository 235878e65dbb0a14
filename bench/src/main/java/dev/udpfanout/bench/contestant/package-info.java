/** What is compared, each set up in a lab of its own. */
package dev.udpfanout.bench.contestant;
