/** Raw Ethernet frames: built, parsed, sent and captured, with checksums computed from their definition. */
package dev.udpfanout.lab.frames;
