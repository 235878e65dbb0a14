/** {@code payload: netflow}: exporters and collectors, and what the kernel program makes of their messages. */
package dev.udpfanout.loader.datapath.kernel.netflow;
