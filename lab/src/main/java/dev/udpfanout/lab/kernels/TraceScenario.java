package dev.udpfanout.lab.kernels;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code udp-fanout trace} follows a datagram by this kernel's tracepoints into a pod, and says why it dies there: no
 * receiver is started. A kernel that does not describe its structures is named for that.
 *
 * @param daemon under test
 */
record TraceScenario(Daemon daemon) implements Scenario {
    private static final Path KERNEL_TYPES = Path.of("/sys/kernel/btf/vmlinux");

    @Override
    public String name() {
        return "trace";
    }

    @Override
    public void run(CheckReport report) throws Exception {
        Listener listener = new Listener(WayIn.DUMMY_INGRESS, false);
        try (Cluster cluster = new Cluster()) {
            cluster.leadVipTo(listener);
            try (Daemon.Run run = daemon.start(cluster, List.of(listener))) {
                String output = daemon.output(
                        cluster,
                        "trace",
                        "--to",
                        listener.destination().getAddress().getHostAddress() + ":"
                                + listener.destination().getPort(),
                        "--interface",
                        "eth0",
                        "--wait",
                        "60");
                System.out.println(output);
                boolean isRight = Files.exists(KERNEL_TYPES)
                        ? output.contains("dummy0 in")
                                && output.contains("LOST at pod's eth0")
                                && output.contains("No socket listens")
                        : output.contains("there is no " + KERNEL_TYPES);
                report.add(
                        name(),
                        new Outcome(
                                isRight && !run.lines().isEmpty(),
                                isRight ? "the hop of death is named" : "see its output above"));
            }
        }
    }
}
