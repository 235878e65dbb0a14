package dev.udpfanout.loader.links;

/**
 * The way straight into a pod on this node.
 *
 * @param ifindex of the veth's end on this node; the other end is in the pod's network namespace
 * @param mtuBytes the largest IP packet that the veth takes
 * @param hardwareAddress the pod's, for example {@code 02:00:00:00:00:01}
 * @param gatewayHardwareAddress of the interface by which this node reaches the pod: the bridge's, or the veth's own
 * @param bypassed what stands on this node's side of the veth and would see a datagram by the next hop, but not by this
 *     way, for people: {@code "tc program cil_to_container on veth1"}; empty if nothing does
 */
public record LocalPeer(
        int ifindex, int mtuBytes, String hardwareAddress, String gatewayHardwareAddress, String bypassed) {
    /** One that bypasses nothing. */
    public LocalPeer(int ifindex, int mtuBytes, String hardwareAddress, String gatewayHardwareAddress) {
        this(ifindex, mtuBytes, hardwareAddress, gatewayHardwareAddress, "");
    }

    /** The same, past something. */
    public LocalPeer past(String something) {
        return new LocalPeer(ifindex, mtuBytes, hardwareAddress, gatewayHardwareAddress, something);
    }

    /** Whether a datagram meets by this way all that it meets by the next hop. */
    public boolean bypassesNothing() {
        return bypassed.isEmpty();
    }
}
