/** Exporters of NetFlow v9 and IPFIX in the kernel's datapath: what the program hands over, and who is told of it. */
package dev.udpfanout.loader.datapath.kernel.netflow;
