/** Two nodes with a daemon each, and a VIP that moves between them as MetalLB's does in layer 2 mode. */
package dev.udpfanout.loader.endtoend.failover;
