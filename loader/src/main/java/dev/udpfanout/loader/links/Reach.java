package dev.udpfanout.loader.links;

/** How an address is reached from this node. */
sealed interface Reach {
    /**
     * By a link of this node that leads to it and to no router: a pod's veth, a bridge's port, or a NIC.
     *
     * @param alone whether the link was told by the very address, as a pod's is: by a host route, or by what a bridge
     *     has learnt. If not, it leads to a whole network
     */
    record ByLink(int index, boolean alone) implements Reach {}

    /** It is behind a bridge; by which port, the bridge has not learnt, or has forgotten. */
    record BehindBridge(int index) implements Reach {}

    /**
     * Through a router, or not at all, or it is this node's own.
     *
     * @param named whether a route names it, other than the default route, which stands for all that no route names
     */
    record Elsewhere(boolean named) implements Reach {}
}
