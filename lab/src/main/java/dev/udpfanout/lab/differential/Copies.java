package dev.udpfanout.lab.differential;

/**
 * At how many receivers a datagram is to arrive.
 *
 * @param least so many, or it is not delivered
 * @param most more are duplicates
 * @param mirrored whether a receiver of the mirror is to have one, too
 */
record Copies(int least, int most, boolean mirrored) {
    /** By kube-proxy alone: one, whatever the listener's policy would be. */
    static final Copies ONE = new Copies(1, 1, false);

    /**
     * By a listener.
     *
     * @param endpoints how many it has
     */
    static Copies by(Way way, Spread spread, Origin origin, int endpoints) {
        int most = spread == Spread.REPLICATE ? endpoints : 1;
        if ((way == Way.VIP_DIRECT || way == Way.SERVICE) && origin != Origin.CLIENT) {
            // kube-proxy may have taken it before it came to an interface with a listener.
            return new Copies(1, most, false);
        }
        // A receiver's own datagram does not come back to it.
        return new Copies(origin == Origin.RECEIVER && most > 1 ? most - 1 : most, most, spread == Spread.MIRROR);
    }
}
