package dev.udpfanout.lab.netflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A scenario in a place.
 *
 * @param scenario what happens
 * @param place where
 */
record Trial(Scenario scenario, Place place) {
    /** All that {@code make netflow-test} tries. */
    static List<Trial> all() {
        List<Trial> trials = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            for (WayIn wayIn : WayIn.of(mode)) {
                trials.add(new Trial(Scenario.EXPORTERS, new Place(mode, false, wayIn)));
                trials.add(new Trial(Scenario.EXPORTERS, new Place(mode, true, wayIn)));
            }
        }
        for (Scenario scenario : Scenario.values()) {
            if (scenario != Scenario.EXPORTERS) {
                trials.add(new Trial(scenario, new Place(Mode.KERNEL, false, WayIn.DUMMY)));
                trials.add(new Trial(scenario, new Place(Mode.KERNEL, true, WayIn.VIP_DIRECT)));
                trials.add(new Trial(scenario, new Place(Mode.IO_URING, true, WayIn.DUMMY)));
                trials.add(new Trial(scenario, new Place(Mode.EPOLL, false, WayIn.NIC)));
            }
        }
        return trials;
    }

    /** For people and the command line: {@code scaling, kernel, IPv4, dummy0}. */
    String text() {
        return scenario.label() + ", " + place.text();
    }

    /**
     * Runs it in a network of its own.
     *
     * @param executable {@code bin/udp-fanout}
     * @param log told what the daemon and the collectors say
     * @return a row for each exporter
     */
    List<Row> run(Path executable, Consumer<String> log) {
        try (Ground ground = new Ground(place, scenario.pods(), executable, log)) {
            ground.collect(Collector.Kind.values());
            Sent sent = new Sent();
            scenario.run(ground, sent);
            ground.settle();
            log.accept(ground.status());
            log.accept(ground.droppedByCollectors() + " datagrams dropped by full sockets of collectors");
            Map<Collector.Kind, Decoded> decoded = ground.finishAll();
            List<Row> rows = sent.exporters().stream()
                    .map(exporter -> Row.of(scenario, place, exporter, sent, decoded))
                    .toList();
            rows.stream().filter(row -> !row.isRight()).map(Row::fault).forEach(log);
            decoded.forEach((kind, each) -> log.accept(kind.label() + ": read wrong " + each.wrong()));
            return rows;
        }
    }
}
