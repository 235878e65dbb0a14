/** What is known of exporters of NetFlow v9 and IPFIX: one memory, whichever datapath serves a listener. */
package dev.udpfanout.loader.datapath.netflow;
