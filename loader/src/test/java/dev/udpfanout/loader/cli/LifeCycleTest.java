package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.OtherLayout;
import dev.udpfanout.loader.SequenceTraffic;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Daemons come and go, and change their minds, while 20,000 datagrams a second pass: none is lost. */
@Tag("kernel")
class LifeCycleTest extends LifeCycleLab {
    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldLoseNothingWhenTheDaemonIsKilledAndAnotherAdopts(String attach) throws Exception {
        write(attach, "", "");
        LabProcess first = start();
        try (SequenceTraffic traffic = traffic()) {
            awaitSent(traffic, 5_000);
            double before = metric("udp_fanout_packets_forwarded_total");
            first.signal("KILL");
            first.awaitExit(LIMIT);
            awaitSent(traffic, 5_000);
            LabProcess second = start();
            assertTrue(String.join("\n", second.lines()).contains("adopted=true"), () -> "" + second.lines());
            awaitSent(traffic, 5_000);
            assertTrue(metric("udp_fanout_packets_forwarded_total") >= before + 5_000, "counters go on");
            assertNothingLost(traffic);
            assertEquals(traffic.next(), (long) metric("udp_fanout_packets_forwarded_total"));
            assertEquals(received(0), (long) metric("udp_fanout_endpoint_packets_total{endpoint=\"10.42.0.11:40514\""));
            assertTrue(metric("udp_fanout_packet_processing_seconds_count") > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldLoseNothingWhenOneDaemonTakesOverFromAnother(String attach) throws Exception {
        write(attach, "on_exit: keep", "");
        LabProcess old = start();
        try (SequenceTraffic traffic = traffic()) {
            for (int upgrade = 0; upgrade < 3; upgrade++) {
                awaitSent(traffic, 2_000);
                old.signal("TERM");
                old.awaitExit(LIMIT);
                awaitSent(traffic, 2_000);
                old = start();
            }
            assertNothingLost(traffic);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldLoseNothingAndCountOnWhenTheNextVersionHasAnotherMapLayout(String attach) throws Exception {
        write(attach, "on_exit: keep", "");
        LabProcess old = start();
        try (SequenceTraffic traffic = traffic()) {
            awaitSent(traffic, 2_000);
            old.signal("TERM");
            old.awaitExit(LIMIT);
            OtherLayout.rename(topology.pinDirectory());
            awaitSent(traffic, 2_000);
            LabProcess next = start();
            assertTrue(
                    next.lines().stream().anyMatch(line -> line.contains("dropped the maps of another version")),
                    () -> "" + next.lines());
            awaitSent(traffic, 2_000);
            assertNothingLost(traffic);
            assertEquals(traffic.next(), (long) metric("udp_fanout_packets_forwarded_total"));
            assertEquals(received(0), (long) metric("udp_fanout_endpoint_packets_total{endpoint=\"10.42.0.11:40514\""));
        }
        assertFalse(Files.exists(topology.pinDirectory().resolve("v0")));
    }

    @Test
    void shouldCountListenersOnAndEndpointsAnewWhenTheOtherVersionCountedEndpointsInAnotherShape() throws Exception {
        write("auto", "on_exit: keep", "");
        LabProcess old = start();
        try (SequenceTraffic traffic = traffic()) {
            awaitSent(traffic, 2_000);
            old.signal("TERM");
            old.awaitExit(LIMIT);
            OtherLayout.rename(topology.pinDirectory(), SharedMaps.ENDPOINT_STATS.name(), Limits.ENDPOINT_COUNTERS);
            start();
            awaitSent(traffic, 2_000);
            assertNothingLost(traffic);
            assertEquals(traffic.next(), (long) metric("udp_fanout_packets_forwarded_total"));
            long anew = (long) metric("udp_fanout_endpoint_packets_total{endpoint=\"10.42.0.11:40514\"");
            assertTrue(anew > 0 && anew < received(0), () -> anew + " of " + received(0));
            assertTrue(metric("udp_fanout_endpoint_bytes_total{endpoint=\"10.42.0.11:40514\"") > anew);
        }
    }

    @Test
    void shouldLoseNothingWhenTheWayOfAttachingChangesOverARestart() throws Exception {
        write("clsact", "on_exit: keep", "");
        LabProcess old = start();
        try (SequenceTraffic traffic = traffic()) {
            for (String attach : List.of("tcx", "clsact")) {
                awaitSent(traffic, 2_000);
                old.signal("TERM");
                old.awaitExit(LIMIT);
                write(attach, "on_exit: keep", "");
                old = start();
            }
            assertNothingLost(traffic);
        }
        String filters = topology.node().exec("tc", "filter", "show", "dev", "dummy0", "ingress");
        assertEquals(1, filters.split(" name udp_fanout ", -1).length - 1, filters);
    }

    @Test
    void shouldLoseNothingOnUntouchedListenersWhenTheFileChanges() throws Exception {
        write("auto", "", "");
        LabProcess daemon = start();
        try (SequenceTraffic traffic = traffic()) {
            int from = 0;
            for (int port = 6000; port < 6010; port++) {
                awaitSent(traffic, 1_000);
                write("auto", "", """
                          - name: other-%1$d
                            bind: "10.255.0.1:%1$d"
                            interface: dummy0
                            downstream: [ { address: "10.42.0.11:%1$d" } ]
                          - name: on-nic-%1$d
                            bind: "0.0.0.0:%1$d"
                            interface: eth0
                            downstream: [ { address: "10.42.0.11:%1$d" } ]
                        """.formatted(port).indent(0));
                daemon.awaitLine("applied the changed configuration listeners=3", from, LIMIT);
                from = daemon.lines().size();
            }
            assertNothingLost(traffic);
            assertTrue(BoundedWait.until(() -> page("/status").contains("other-6009"), LIMIT));
            assertFalse(page("/status").contains("other-6008"));
            assertEquals(10, (long) metric("udp_fanout_config_reloads_total"));
        }
    }

    @Test
    void shouldKeepTheOldConfigurationWhenTheNewOneIsInvalid() throws Exception {
        write("auto", "", "");
        LabProcess daemon = start();
        try (SequenceTraffic traffic = traffic()) {
            awaitSent(traffic, 1_000);
            Files.writeString(config, Files.readString(config).replace("40514", "99999"));
            daemon.awaitLine("refused the changed configuration; the previous one stays in force problems=3", LIMIT);
            daemon.awaitLine("listeners[0].downstream[0].address: port 99999 is not in 1..65535", LIMIT);
            awaitSent(traffic, 1_000);
            assertNothingLost(traffic);
            assertEquals(0, metric("udp_fanout_config_valid"));
            write("auto", "", "");
            assertTrue(BoundedWait.until(() -> metric("udp_fanout_config_valid") == 1, LIMIT));
        }
    }

    @Test
    void shouldSayWhoHoldsTheNodeWhenASecondDaemonIsStarted() throws Exception {
        write("auto", "", "");
        LabProcess first = start();
        LabProcess second = launch();
        assertEquals(1, second.awaitExit(LIMIT));
        assertEquals(
                List.of("udp-fanout: another udp-fanout runs on this node: process " + first.pid()), second.lines());
        assertTrue(BoundedWait.until(() -> page("/readyz").startsWith("ready"), LIMIT), () -> page("/readyz"));
    }

    /** In the way of a daemon that is to serve metrics there. */
    private ServerSocket takenPort() {
        return topology.node().call(() -> new ServerSocket(9090, 1, InetAddress.getLoopbackAddress()));
    }

    /** A taken port does not keep a daemon from its work: it takes over, and dies. */
    private void dieWithoutPages() throws Exception {
        LabProcess daemon = launch();
        daemon.awaitLine("ready listeners=", LIMIT);
        daemon.signal("KILL");
        daemon.awaitExit(LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"tcx, keep, TERM", "clsact, keep, TERM", "tcx, detach, KILL", "clsact, detach, KILL"})
    void shouldLoseNothingOfWhatAnEarlierDaemonLeftWhenThePortIsTaken(String attach, String onExit, String signal)
            throws Exception {
        write(attach, "on_exit: " + onExit, "");
        LabProcess old = start();
        try (SequenceTraffic traffic = traffic()) {
            awaitSent(traffic, 1_000);
            old.signal(signal);
            old.awaitExit(LIMIT);
            try (ServerSocket taken = takenPort()) {
                dieWithoutPages();
            }
            awaitSent(traffic, 1_000);
            LabProcess next = start();
            assertTrue(String.join("\n", next.lines()).contains("adopted=true"), () -> "" + next.lines());
            awaitSent(traffic, 1_000);
            assertNothingLost(traffic);
            assertEquals(traffic.next(), (long) metric("udp_fanout_packets_forwarded_total"));
        }
    }

    /** An interface of another kind carries somebody's traffic: nothing is steered into it. */
    private void failToStart(String attach, String onExit) throws Exception {
        topology.node().exec("ip", "link", "add", "dummy1", "type", "veth", "peer", "name", "dummy1-peer");
        write(attach, "on_exit: " + onExit, """
                  - name: elsewhere
                    bind: "10.255.0.2:6000"
                    interface: dummy1
                    downstream: [ { address: "10.42.0.11:6000" } ]
                """);
        LabProcess failing = launch();
        assertEquals(1, failing.awaitExit(LIMIT), () -> "" + failing.lines());
        assertTrue(failing.lines().getLast().contains("interface dummy1 exists"), () -> "" + failing.lines());
    }

    @ParameterizedTest
    @CsvSource({"tcx, keep, TERM", "clsact, keep, TERM", "tcx, detach, KILL", "clsact, detach, KILL"})
    void shouldLoseNothingOfWhatAnEarlierDaemonLeftWhenAStartFails(String attach, String onExit, String signal)
            throws Exception {
        write(attach, "on_exit: " + onExit, "");
        LabProcess old = start();
        try (SequenceTraffic traffic = traffic()) {
            awaitSent(traffic, 1_000);
            old.signal(signal);
            old.awaitExit(LIMIT);
            failToStart(attach, onExit);
            awaitSent(traffic, 1_000);
            write(attach, "on_exit: " + onExit, "");
            LabProcess next = start();
            assertTrue(String.join("\n", next.lines()).contains("adopted=true"), () -> "" + next.lines());
            awaitSent(traffic, 1_000);
            assertNothingLost(traffic);
            assertEquals(traffic.next(), (long) metric("udp_fanout_packets_forwarded_total"));
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenTheFirstStartFails() throws Exception {
        failToStart("auto", "keep");
        assertFalse(Files.exists(topology.pinDirectory()));
    }

    @Test
    void shouldAnswerProbesAndStatusWhenRunning() throws Exception {
        write("auto", "", "");
        start();
        assertTrue(BoundedWait.until(() -> page("/readyz").startsWith("ready"), LIMIT), () -> page("/readyz"));
        assertTrue(page("/healthz").startsWith("ok"), () -> page("/healthz"));
        assertTrue(page("/status").contains("\"tc_ebpf\""), () -> page("/status"));
        assertEquals(3, (long) metric("udp_fanout_endpoints_active"));
    }
}
