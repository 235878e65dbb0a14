/** The eBPF object in the kernel: its programs, its maps, and the pins by which both outlive the process. */
package dev.udpfanout.loader.datapath.kernel.program;
