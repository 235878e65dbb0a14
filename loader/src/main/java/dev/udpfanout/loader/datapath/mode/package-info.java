/** Which datapath serves which listener, and the move from one to the other under load. */
package dev.udpfanout.loader.datapath.mode;
