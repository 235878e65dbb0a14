package dev.udpfanout.bindings.rtnetlink.neighbour;

/**
 * By which of its ports a bridge reaches a hardware address: an entry of its forwarding database, bridge(8).
 *
 * @param bridgeIndex the bridge
 * @param portIndex the port; the bridge's own index for an address of the bridge itself
 * @param hardwareAddress in lower-case hexadecimal
 */
public record ForwardingEntry(int bridgeIndex, int portIndex, String hardwareAddress) {}
