/** Keeps the daemon's threads at work, and shows which are not. */
package dev.udpfanout.loader.supervision;
