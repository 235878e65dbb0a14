/** The command line. */
package dev.udpfanout.bench.cli;
