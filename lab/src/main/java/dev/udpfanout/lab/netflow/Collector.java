package dev.udpfanout.lab.netflow;

/** A collector in a pod. */
interface Collector extends AutoCloseable {
    /** The kinds of collectors, in the order in which pods get them. */
    enum Kind {
        NFCAPD("nfcapd"),
        NFACCTD("nfacctd"),
        /** The tests' own. */
        STRICT("own");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** Which kind it is. */
    Kind kind();

    /** Ends it in order; what it has decoded. To be called when nothing waits in its socket. */
    Decoded finish();

    /** What it has complained of, for the log. */
    String remarks();

    @Override
    void close();
}
