package dev.udpfanout.loader.datapath.kernel.attach;

/**
 * What is wished of the order of programs on a hook.
 *
 * @param first whether ours is to run before all others
 * @param sample a frame with a datagram of a listener, to find out who takes such datagrams before ours
 */
record ChainWish(boolean first, byte[] sample) {}
