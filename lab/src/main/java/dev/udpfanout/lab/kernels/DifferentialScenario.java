package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.differential.Differential;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A part of the differential contract: on this kernel, too, nothing is worse than with kube-proxy alone.
 *
 * @param daemon under test
 * @param network its name in the contract
 * @param ways in, separated by commas
 */
record DifferentialScenario(Daemon daemon, String network, String ways) implements Scenario {
    @Override
    public String name() {
        return "differential-" + network;
    }

    @Override
    public void run(CheckReport report) {
        report.add(name(), daemon.isStarted() ? compare() : new Outcome(false, "no daemon to compare with"));
    }

    private Outcome compare() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int exitCode = Differential.run(
                new PrintStream(text, true, StandardCharsets.UTF_8),
                "--daemon",
                daemon.executable().toString(),
                "--logs",
                "/tmp/differential",
                "--sample",
                "--details",
                "--networks",
                network,
                "--senders",
                "client",
                "--ways",
                ways);
        String printed = text.toString(StandardCharsets.UTF_8);
        System.out.print(printed);
        List<String> lines = printed.lines().toList();
        return new Outcome(exitCode == 0, lines.isEmpty() ? "nothing was printed" : lines.getLast());
    }
}
