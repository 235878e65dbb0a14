package dev.udpfanout.loader.datapath.network.firewall;

/**
 * A chain that is called at a hook.
 *
 * @param dropsByPolicy whether it drops what none of its rules decides
 */
record BaseChain(ChainId id, boolean dropsByPolicy) {}
