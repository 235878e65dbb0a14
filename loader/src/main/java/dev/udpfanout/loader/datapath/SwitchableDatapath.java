package dev.udpfanout.loader.datapath;

/**
 * A datapath to which listeners can be moved from another one, and back, while datagrams come in. The order is: the one
 * that takes a listener over is configured first, complete with its endpoints; from then on new datagrams come to it.
 * Then the other one is configured without it: it sends on what it still has, and lets go.
 */
public interface SwitchableDatapath extends Datapath {}
