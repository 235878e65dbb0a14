/** Datagrams, and circumstances, that are meant to do harm: each of them did before it stood here. */
package dev.udpfanout.loader.datapath.kernel.hostile;
