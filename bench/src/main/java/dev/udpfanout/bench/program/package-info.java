/** What the kernel program and the daemon's calls cost by themselves. */
package dev.udpfanout.bench.program;
