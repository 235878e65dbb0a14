package dev.udpfanout.loader.endtoend.failover;

import java.util.BitSet;

/**
 * Which datagrams of a steady sender arrived where; pure.
 *
 * @param sent how many: numbers 0 to before this
 * @param atFirst numbers that arrived at the node that had the VIP to begin with
 * @param atOther numbers that arrived at the other node
 */
record ArrivedNumbers(long sent, BitSet atFirst, BitSet atOther) {
    /**
     * From which number on the other node got the datagrams. The sender is one thread, and asks its neighbour table for
     * each of them, so that from some number on all are sent there, and none before.
     */
    long movedAt() {
        int moved = atOther.nextSetBit(0);
        return moved < 0 ? sent : moved;
    }

    /** Numbers that arrived nowhere. */
    BitSet lost() {
        BitSet lost = new BitSet();
        lost.set(0, (int) sent);
        lost.andNot(atFirst);
        lost.andNot(atOther);
        return lost;
    }

    /** How many numbers from one on arrived at the first node. */
    long atFirstFrom(long number) {
        return atFirst.get((int) number, Math.max((int) number, atFirst.length()))
                .cardinality();
    }

    @Override
    public String toString() {
        BitSet lost = lost();
        String range = lost.isEmpty() ? "" : ", between " + lost.nextSetBit(0) + " and " + (lost.length() - 1);
        return "sent " + sent + ", " + atFirst.cardinality() + " at the first node, " + atOther.cardinality()
                + " at the other from " + movedAt() + " on, lost " + lost.cardinality() + range;
    }
}
