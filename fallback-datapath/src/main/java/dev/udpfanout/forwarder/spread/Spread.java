package dev.udpfanout.forwarder.spread;

/** Which endpoints of a table a datagram goes to. Immutable, and the same for all workers. */
public sealed interface Spread permits Spread.InTurn, SourceHash, Spread.ToAll {
    /** To the next one, in the table's order. */
    Spread IN_TURN = new InTurn();

    /** A copy to each; at most {@link ToAll#MAX_COPIES}. */
    Spread TO_ALL = new ToAll();

    /** See {@link #IN_TURN}. */
    record InTurn() implements Spread {}

    /** See {@link #TO_ALL}. */
    record ToAll() implements Spread {
        /** Endpoints that get a copy at the most. */
        public static final int MAX_COPIES = 64;
    }
}
