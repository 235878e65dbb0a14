/** The terminal that a command writes to, if it is one. */
package dev.udpfanout.bindings.terminal;
