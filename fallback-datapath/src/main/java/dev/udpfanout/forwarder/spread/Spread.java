package dev.udpfanout.forwarder.spread;

/**
 * Which endpoints of a table a datagram goes to. Immutable, and the same for all workers, which go through the kinds in
 * a {@code switch} without a default.
 */
public sealed interface Spread
        permits Spread.InTurn, Spread.Chosen, PayloadHash, MetricHash, Spread.ToAll, Spread.Netflow {
    /** To the next one, in the table's order. */
    Spread IN_TURN = new InTurn();

    /** A copy to each; at most {@link ToAll#MAX_COPIES}. */
    Spread TO_ALL = new ToAll();

    /** Templates of NetFlow v9 and IPFIX to each, the rest to the next one; at most {@link ToAll#MAX_COPIES}. */
    Spread NETFLOW = new Netflow();

    /** Whether it follows from where a datagram comes from. */
    default boolean readsSources() {
        return false;
    }

    /** See {@link #IN_TURN}. */
    record InTurn() implements Spread {}

    /**
     * To one that is chosen for each datagram by itself, whatever the others went to. Event loops ask, several at a
     * time.
     */
    non-sealed interface Chosen extends Spread {
        /**
         * The index of a datagram's endpoint in the table. The parts of its source
         * ({@link dev.udpfanout.forwarder.socket.SourceBits}) are 0 unless {@link #readsSources}.
         */
        int endpoint(long addressHigh, long addressLow, int port);

        /** The highest index that can be chosen. */
        int highestEndpoint();
    }

    /** See {@link #NETFLOW}. */
    record Netflow() implements Spread {
        @Override
        public boolean readsSources() {
            return true;
        }
    }

    /** See {@link #TO_ALL}. */
    record ToAll() implements Spread {
        /** Endpoints that get a copy at the most. */
        public static final int MAX_COPIES = 64;
    }
}
