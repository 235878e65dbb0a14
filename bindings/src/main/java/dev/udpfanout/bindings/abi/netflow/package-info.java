/** What the kernel program keeps of exporters of NetFlow v9 and IPFIX. */
package dev.udpfanout.bindings.abi.netflow;
