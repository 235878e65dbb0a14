package dev.udpfanout.loader.links;

/**
 * The way straight into a pod on this node.
 *
 * @param ifindex of the veth's end on this node; the other end is in the pod's network namespace
 * @param mtuBytes the largest IP packet that the veth takes
 * @param hardwareAddress the pod's, for example {@code 02:00:00:00:00:01}
 * @param gatewayHardwareAddress of the interface by which this node reaches the pod: the bridge's, or the veth's own
 */
public record LocalPeer(int ifindex, int mtuBytes, String hardwareAddress, String gatewayHardwareAddress) {}
