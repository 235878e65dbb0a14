/** The command line: what can be typed after {@code udp-fanout}, and what the process ends with. */
package dev.udpfanout.loader.cli;
