/**
 * What the kernel goes on with when no daemon runs, read from the pins and the hooks; nothing here changes anything.
 */
package dev.udpfanout.loader.datapath.kernel.pinned;
