package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.process.LabProcess;
import java.util.List;

/**
 * A transport of the user-space forwarder that this kernel does not have, asked for by name: the daemon says so, and
 * ends.
 *
 * @param daemon under test
 * @param way which transport
 */
record RefusedTransportScenario(Daemon daemon, WayIn way) implements Scenario {
    @Override
    public String name() {
        return "no-" + way.transport().replace('_', '-');
    }

    @Override
    public void run(CheckReport report) throws Exception {
        try (Cluster cluster = new Cluster();
                LabProcess process = daemon.launch(cluster, List.of(new Listener(way, false)), "", List.of())) {
            int exitCode = process.awaitExit(Daemon.START_LIMIT);
            String last = process.lines().getLast();
            report.add(
                    name(),
                    new Outcome(
                            exitCode != 0 && last.contains("io: " + way.transport()),
                            "not on this kernel: " + last.strip()));
        }
    }
}
