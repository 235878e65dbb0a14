package dev.udpfanout.lab.netflow;

/** A program that reads a capture and exports its flows, each with a number, and ends. */
enum Exporter {
    SOFTFLOWD_V9("softflowd v9"),
    SOFTFLOWD_IPFIX("softflowd IPFIX"),
    SOFTFLOWD_V5("softflowd v5"),
    NFPROBE_V9("nfprobe v9"),
    NFPROBE_IPFIX("nfprobe IPFIX"),
    /** The tests' own: {@link Stream}. */
    OWN_V9("own v9"),
    OWN_IPFIX("own IPFIX");

    private static final int FLOWS = 3_000;

    private final String label;

    Exporter(String label) {
        this.label = label;
    }

    /** For tables. */
    String label() {
        return label;
    }

    /**
     * Exports by way of the ground's daemon.
     *
     * @return how many records: the first numbers of this exporter, from 1
     */
    int export(Ground ground) {
        return switch (this) {
            case SOFTFLOWD_V9 -> Programs.softflowd(ground, ordinal(), FLOWS, 9);
            case SOFTFLOWD_IPFIX -> Programs.softflowd(ground, ordinal(), FLOWS, 10);
            case SOFTFLOWD_V5 -> Programs.softflowd(ground, ordinal(), FLOWS, 5);
            case NFPROBE_V9 -> Programs.nfprobe(ground, ordinal(), FLOWS, 9);
            case NFPROBE_IPFIX -> Programs.nfprobe(ground, ordinal(), FLOWS, 10);
            case OWN_V9, OWN_IPFIX -> {
                try (Stream stream = new Stream(ground, this)) {
                    stream.start();
                    stream.awaitRecords(FLOWS);
                    yield stream.stop();
                }
            }
        };
    }
}
