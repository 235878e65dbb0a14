package dev.udpfanout.loader.health;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sends nothing, remembers everything. */
final class ScriptedProber implements Prober {
    final List<Probe> started = new ArrayList<>();
    final List<Probe> retried = new ArrayList<>();
    final List<Probe> ended = new ArrayList<>();
    final Map<InetSocketAddress, ProbeOutcome> immediate = new HashMap<>();
    final Set<Probe> open = new HashSet<>();

    @Override
    public Optional<ProbeOutcome> start(Probe probe) {
        started.add(probe);
        open.add(probe);
        return Optional.ofNullable(immediate.get(probe.endpoint()));
    }

    @Override
    public void retry(Probe probe) {
        retried.add(probe);
    }

    @Override
    public void end(Probe probe) {
        ended.add(probe);
        open.remove(probe);
    }

    @Override
    public void await(Duration timeout, Results results) {}

    @Override
    public void wakeUp() {}

    @Override
    public int maxInFlight() {
        return 100;
    }

    @Override
    public void close() {}

    Probe last() {
        return started.getLast();
    }
}
