/** What {@code udp-fanout status} reads, and how it looks: as a page, as a live table, as lines. */
package dev.udpfanout.loader.cli.status;
