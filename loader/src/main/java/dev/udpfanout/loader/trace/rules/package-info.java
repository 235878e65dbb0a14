/** The counters of the packet filters' rules, before a test datagram and after it. */
package dev.udpfanout.loader.trace.rules;
