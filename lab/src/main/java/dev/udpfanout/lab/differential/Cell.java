package dev.udpfanout.lab.differential;

/**
 * A comparison: one load in one network.
 *
 * @param network its name
 * @param origin who sent
 * @param way by which udp-fanout took it
 * @param spread what its listener did
 * @param load what was sent
 * @param alone what became of it with kube-proxy's rules alone
 * @param fanOut what became of it with udp-fanout
 */
record Cell(String network, Origin origin, Way way, Spread spread, Load load, Count alone, Count fanOut) {
    /**
     * How many datagrams more than by kube-proxy alone may be lost while a path MTU is learnt: one, as kube-proxy may
     * have led all to a receiver with the larger MTU.
     */
    private static final long LEARNING_TOLERANCE = 1;

    /** Whether udp-fanout did worse. */
    boolean isWorse() {
        return fanOut.sent() == 0
                || fanOut.lost() * alone.sent() > alone.lost() * fanOut.sent()
                || fanOut.learnt() > alone.learnt() + LEARNING_TOLERANCE
                || fanOut.duplicates() > alone.duplicates();
    }

    /** One line for people. */
    String text() {
        return "%s, %s, %s: kube-proxy alone %s; udp-fanout %s"
                .formatted(way.label(), spread.label(), load.text(), text(alone), text(fanOut));
    }

    private static String text(Count count) {
        return count.delivered() + " of " + count.sent() + " delivered"
                + named(count.learnt(), "lost while learning")
                + named(count.refused(), "refused")
                + named(count.lost(), "lost")
                + named(count.duplicates(), "duplicates");
    }

    private static String named(long number, String what) {
        return number == 0 ? "" : ", " + number + " " + what;
    }
}
