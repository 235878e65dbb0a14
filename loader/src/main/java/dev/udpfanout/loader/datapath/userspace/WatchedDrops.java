package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.counter.DropSample;
import dev.udpfanout.forwarder.counter.DropSamples;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import java.time.Duration;

/** What the forwarders of this process drop, one by one. They share it, and it outlives them. */
public final class WatchedDrops implements UserspaceDrops {
    private static final Duration WATCH = Duration.ofSeconds(3);

    private final DropSamples samples = new DropSamples();

    @Override
    public Page watch(long from) {
        samples.watch(WATCH);
        DropSamples.Page page = samples.read(from);
        return new Page(page.samples().stream().map(WatchedDrops::drop).toList(), page.next(), page.seen());
    }

    private static Drop drop(DropSample sample) {
        return new Drop(
                sample.at(),
                sample.listener(),
                sample.reason().label(),
                sample.source(),
                sample.destination(),
                sample.endpoint(),
                sample.datagrams(),
                sample.bytes());
    }

    DropSamples samples() {
        return samples;
    }
}
