/** Rules for the whole of the daemon, and what its tests share. */
package dev.udpfanout.loader;
