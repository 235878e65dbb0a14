package dev.udpfanout.bench.throughput;

/**
 * What a flood consists of.
 *
 * @param senders each with an address and a port of its own
 * @param sizes bytes of payload, or {@link #MIX}
 */
public record Traffic(int senders, String sizes) {
    /** Three senders of four log, one exports NetFlow: the sizes are in udp_flood.c. */
    public static final String MIX = "mix";

    /** As many senders as a site may have. */
    public static final int MANY_SENDERS = 1000;

    /** What looks like the job: many senders, mixed sizes. The tables that are quoted are of this. */
    public static final Traffic JOB = new Traffic(MANY_SENDERS, MIX);

    /** All datagrams of one size. */
    public static Traffic of(int senders, int payloadBytes) {
        return new Traffic(senders, Integer.toString(payloadBytes));
    }
}
