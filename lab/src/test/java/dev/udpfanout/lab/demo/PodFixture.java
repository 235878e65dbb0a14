package dev.udpfanout.lab.demo;

import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.UdpCounters;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Map;

/** A pod's report with all that matters to a verdict. */
final class PodFixture {
    private final String name;
    private final BitSet sequences = new BitSet();
    private InetSocketAddress source = PhaseFixture.CLIENT;
    private long corrupt;
    private long drops;
    private long checksumErrors;

    PodFixture(String name) {
        this.name = name;
    }

    PodFixture sequences(int from, int toExclusive) {
        sequences.set(from, toExclusive);
        return this;
    }

    PodFixture source(String address, int port) {
        this.source = new InetSocketAddress(address, port);
        return this;
    }

    PodFixture corrupt(long count) {
        this.corrupt = count;
        return this;
    }

    PodFixture drops(long count) {
        this.drops = count;
        return this;
    }

    PodFixture checksumErrors(long count) {
        this.checksumErrors = count;
        return this;
    }

    ReceiverReport report() {
        long received = sequences.cardinality() + corrupt;
        Map<InetSocketAddress, Long> sources = received == 0 ? Map.of() : Map.of(source, received);
        UdpCounters kernel = new UdpCounters(received, 0, drops + checksumErrors, drops, checksumErrors);
        return new ReceiverReport(name, received, sources, sequences, 0, 0, 0, 0, 0, corrupt, drops, kernel);
    }
}
