package dev.udpfanout.lab.differential;

/**
 * What became of datagrams; each is in exactly one of these.
 *
 * @param planned to be sent; one less the others was not sent, because what came before had settled the matter
 * @param delivered arrived whole: with {@code replicate} at every receiver, with replies the answer too
 * @param learnt lost, and the sender knew a smaller path MTU thereafter
 * @param refused by the sender's own kernel with EMSGSIZE, because they were larger than a path MTU that it had learnt
 * @param lost for any other reason
 * @param duplicates copies that nobody asked for; of datagrams that are counted as delivered
 */
record Count(long planned, long delivered, long learnt, long refused, long lost, long duplicates) {
    static final Count NONE = new Count(0, 0, 0, 0, 0, 0);

    Count plus(Count other) {
        return new Count(
                planned + other.planned,
                delivered + other.delivered,
                learnt + other.learnt,
                refused + other.refused,
                lost + other.lost,
                duplicates + other.duplicates);
    }

    /** Lost or refused because of a path MTU that the sender knows now. */
    long whileLearning() {
        return learnt + refused;
    }

    /** How many of those that were sent are lost for no good reason. */
    long sent() {
        return delivered + learnt + refused + lost;
    }
}
