package dev.udpfanout.lab.netflow;

import java.util.ArrayList;
import java.util.List;

/** The tests' own exporters, one of v9 and one of IPFIX, at the same time. */
final class OwnExporters implements AutoCloseable {
    private static final List<Exporter> KINDS = List.of(Exporter.OWN_V9, Exporter.OWN_IPFIX);

    private final Ground ground;
    private final Sent sent;
    private final List<Stream> streams = new ArrayList<>();
    private final List<Integer> awaySince = new ArrayList<>();
    private boolean isResting;

    /** @param sent takes note of what they send, when they are closed */
    OwnExporters(Ground ground, Sent sent) {
        this.ground = ground;
        this.sent = sent;
        for (Exporter kind : KINDS) {
            streams.add(new Stream(ground, kind));
        }
        streams.forEach(Stream::start);
    }

    /** Waits until each has sent so many records more. */
    void awaitRecords(int further) {
        streams.forEach(stream -> stream.awaitRecords(further));
    }

    /** Has them rest, and waits until what they have sent has arrived. */
    void rest() {
        streams.forEach(Stream::pause);
        isResting = true;
        ground.settle();
    }

    /** Has them rest if nothing is forwarded without a daemon. */
    void restPerhaps() {
        if (!ground.place().mode().outlivesDaemon()) {
            rest();
        }
    }

    /** As {@link #awaitRecords}, if they do not rest. */
    void awaitRecordsUnlessResting(int further) {
        if (!isResting) {
            awaitRecords(further);
        }
    }

    /** Has them go on. */
    void resume() {
        isResting = false;
        streams.forEach(Stream::resume);
    }

    /** From now on a collector is away. */
    void beginAway() {
        awaySince.clear();
        streams.forEach(stream -> awaySince.add(stream.records()));
    }

    /** It is back. */
    void endAway() {
        for (int i = 0; i < streams.size(); i++) {
            sent.addAway(KINDS.get(i), awaySince.get(i), streams.get(i).records());
        }
    }

    /** Messages that both have sent. */
    int messages() {
        return streams.stream().mapToInt(Stream::messages).sum();
    }

    @Override
    public void close() {
        for (int i = 0; i < streams.size(); i++) {
            streams.get(i).close();
            sent.add(KINDS.get(i), streams.get(i).records());
        }
    }
}
