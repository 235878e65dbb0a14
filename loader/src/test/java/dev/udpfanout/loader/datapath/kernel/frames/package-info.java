/** The kernel program, one frame at a time by BPF_PROG_TEST_RUN, against an oracle of what must come out. */
package dev.udpfanout.loader.datapath.kernel.frames;
