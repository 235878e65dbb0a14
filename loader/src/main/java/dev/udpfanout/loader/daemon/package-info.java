/**
 * The process that runs: one thread that decides, the inbox that others post events to, and what stands at the edges,
 * from the configuration's file to the kernel's own events.
 */
package dev.udpfanout.loader.daemon;
