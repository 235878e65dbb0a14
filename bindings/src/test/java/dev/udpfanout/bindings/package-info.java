/** Rules for the whole of this module. */
package dev.udpfanout.bindings;
