package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.endtoend.AdminClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the machine or the operator may put in the daemon's way: it says so, and does what it can. */
@Tag("kernel")
class HostileMachineTest extends LifeCycleLab {
    private LabProcess run(String... command) {
        return topology.node().start(command);
    }

    private String lines(LabProcess process) {
        return String.join("\n", process.lines());
    }

    @Test
    void shouldRefuseToDetachBesideARunningDaemonUnlessForced() throws Exception {
        write("auto", "", "");
        LabProcess daemon = start();
        LabProcess refused = run(
                Distribution.command(),
                "detach",
                "--pin-dir",
                topology.pinDirectory().toString());
        assertEquals(1, refused.awaitExit(LIMIT));
        assertTrue(lines(refused).contains("another udp-fanout runs on this node: process "), lines(refused));
        assertTrue(lines(refused).contains("--force"), lines(refused));
        assertDelivered();

        LabProcess forced = run(
                Distribution.command(),
                "detach",
                "--force",
                "--pin-dir",
                topology.pinDirectory().toString());
        int exit = forced.awaitExit(LIMIT);
        assertEquals(0, exit, () -> lines(forced));
        daemon.awaitLine("repaired datapath", LIMIT);
        awaitDelivered();
    }

    @Test
    void shouldRefuseAFifoAsTheConfigurationAtTheStart() throws Exception {
        Path fifo = directory.resolve("fifo.yaml");
        run("mkfifo", fifo.toString()).awaitExit(LIMIT);

        LabProcess daemon = run(Distribution.command(), "--config", fifo.toString());

        assertEquals(ExitCode.BAD_INPUT, daemon.awaitExit(LIMIT));
        assertTrue(lines(daemon).contains("not a regular file"), lines(daemon));
    }

    @Test
    void shouldGoOnWhenTheConfigurationBecomesAFifoAndComesBack() throws Exception {
        write("auto", "", "");
        LabProcess daemon = start();
        Files.delete(config);
        run("mkfifo", config.toString()).awaitExit(LIMIT);
        daemon.awaitLine("failed to read the configuration file", LIMIT);

        write("auto", "drain_secs: 1", "");

        daemon.awaitLine("applied the changed configuration", LIMIT);
    }

    @Test
    void shouldSayInOneLineThatThereAreTooFewDescriptors() throws Exception {
        write("auto", "", "");
        LabProcess daemon = run("prlimit", "--nofile=40:40", Distribution.command(), "--config", config.toString());

        assertEquals(1, daemon.awaitExit(LIMIT));
        assertEquals(1, daemon.lines().size(), lines(daemon));
        assertTrue(lines(daemon).contains("the limit of open files is 40"), lines(daemon));
    }

    @Test
    void shouldForwardWhenThePortOfThePagesIsTakenAndServeThemWhenItIsFree() throws Exception {
        write("auto", "", "");
        ServerSocket taken = topology.node().call(() -> new ServerSocket(9090, 1, InetAddress.getLoopbackAddress()));
        LabProcess daemon;
        try (taken) {
            daemon = start();
            assertTrue(daemon.lines().stream()
                    .anyMatch(line -> line.contains("failed to apply metrics, will retry") && line.contains("9090")));
            assertDelivered();
        }
        AdminClient pages = new AdminClient(topology.node());
        assertTrue(BoundedWait.until(() -> isServed(pages), LIMIT));
        assertFalse(lines(daemon).contains("\tat "), lines(daemon));
    }

    /** All of them arrive. */
    private void assertDelivered() throws Exception {
        long before = received();
        long sent;
        try (SequenceTraffic traffic = traffic()) {
            awaitSent(traffic, 1_000);
            sent = traffic.stop();
        }
        assertTrue(BoundedWait.until(() -> received() - before >= sent, LIMIT), () -> "received " + received());
    }

    /** They arrive again. */
    private void awaitDelivered() throws Exception {
        long before = received();
        try (SequenceTraffic traffic = traffic()) {
            assertTrue(BoundedWait.until(() -> received() - before >= 1_000, LIMIT));
        }
    }

    private static boolean isServed(AdminClient pages) {
        try {
            return List.of(200, 503).contains(pages.code("/readyz"));
        } catch (RuntimeException e) {
            return false;
        }
    }
}
