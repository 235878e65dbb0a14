package dev.udpfanout.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.CommandFailedException;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramReceiver;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.lab.traffic.UdpCounters;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class TopologyTest {
    @Test
    void shouldReachEachPodFromTheClientWhenBuilt() {
        try (Topology topology = Topology.builder().pods(3).build()) {
            for (int n = 1; n <= 3; n++) {
                assertReaches(topology, topology.pod(n), topology.plan().podAddress(n));
            }
        }
    }

    @Test
    void shouldNotAnswerAtTheVipWhenNothingHandlesIt() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            String route = topology.client().exec("ip", "route", "get", TopologyPlan.VIP);

            assertTrue(route.contains("dev eth0"), route);
            assertFalse(topology.node().exec("ip", "address").contains(TopologyPlan.VIP));
        }
    }

    @Test
    void shouldBuildSixtyFourPods() {
        try (Topology topology = Topology.builder().pods(64).build()) {
            assertReaches(topology, topology.pod(64), topology.plan().podAddress(64));
        }
    }

    @Test
    void shouldKeepTopologiesApartWhenTwoExist() {
        try (Topology one = Topology.builder().pods(1).build();
                Topology other = Topology.builder().pods(1).build()) {
            assertFalse(one.node().name().equals(other.node().name()));
            assertReaches(one, one.node(), TopologyPlan.NODE_ADDRESS);
            assertReaches(other, other.node(), TopologyPlan.NODE_ADDRESS);
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenClosed() {
        Topology topology = Topology.builder().pods(2).build();
        LabProcess sleeper = topology.pod(1).start("sleep", "60");
        List<Path> files = topology.pods().stream().map(LabNamespace::path).toList();

        topology.close();
        topology.close();

        assertFalse(sleeper.isAlive());
        assertTrue(files.stream().noneMatch(Files::exists), files.toString());
    }

    @Test
    void shouldHaveNoIpv6UnlessAskedFor() {
        try (Topology without = Topology.builder().pods(1).build();
                Topology with = Topology.builder().pods(1).ipv6(true).build()) {
            assertFalse(without.pod(1).exec("ip", "address").contains("inet6"));
            assertTrue(with.pod(1).exec("ip", "address", "show", "dev", "eth0").contains("inet6 fe80"));
        }
    }

    @Test
    void shouldSweepNamespacesOfDeadRunsAndNoOthers() {
        // All of this process, which lives: a sweep of another run at the same time leaves them alone.
        String dead = RunName.ofThisProcess(1_000_001).namespace("node");
        String alive = RunName.ofThisProcess(1_000_002).namespace("node");
        String foreign = "not-" + alive;
        List<String> all = List.of(dead, alive, foreign);
        all.forEach(name -> Command.run(List.of("ip", "netns", "add", name)));
        try {
            LeftoverSweep.run();
            assertTrue(all.stream().allMatch(TopologyTest::exists), "nothing is swept while its owner lives");

            LeftoverSweep.run(owner -> owner.counter() == 1_000_001);
            assertFalse(exists(dead));
            assertTrue(exists(alive));
            assertTrue(exists(foreign));
        } finally {
            all.stream()
                    .filter(TopologyTest::exists)
                    .forEach(name -> Command.run(List.of("ip", "netns", "delete", name)));
        }
    }

    @Test
    void shouldRunCodeInTheNamespaceAndPassOnWhatItThrows() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            LabNamespace pod = topology.pod(1);

            assertTrue(pod.call(UdpCounters::read).inDatagrams() == 0);
            assertThrows(ArithmeticException.class, () -> pod.call(() -> Math.floorDiv(1, 0)));
            assertThrows(UncheckedIOException.class, () -> pod.call(() -> Files.readString(Path.of("/nonexistent"))));
        }
    }

    @Test
    void shouldGiveUpWhenCodeInTheNamespaceDoesNotEnd() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            assertThrows(IllegalStateException.class, () -> topology.pod(1)
                    .call(() -> new Semaphore(0).tryAcquire(20, TimeUnit.SECONDS), Duration.ofMillis(50)));
        }
    }

    @Test
    void shouldSayWhatACommandSaidWhenItFails() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            CommandFailedException failure = assertThrows(
                    CommandFailedException.class, () -> topology.node().exec("ip", "link", "show", "dev", "nosuch"));

            assertEquals(1, failure.exitCode());
            assertTrue(failure.getMessage().contains("\"nosuch\" does not exist"), failure.getMessage());
        }
    }

    @Test
    void shouldSeeBpffsInsideWhenEnsured() {
        Bpffs.ensure();
        try (Topology topology = Topology.builder().pods(1).build()) {
            String type = topology.node().exec("stat", "--file-system", "--format=%T", Bpffs.MOUNT_POINT.toString());

            assertEquals("bpf_fs", type.strip());
        }
    }

    private static boolean exists(String namespace) {
        return Files.exists(Path.of("/run/netns", namespace));
    }

    private static void assertReaches(Topology topology, LabNamespace to, String address) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                DatagramReceiver receiver =
                        DatagramReceiver.in(to).expecting(sender.runId()).start()) {
            sender.send(SendPlan.to(new InetSocketAddress(address, 40514)));

            assertTrue(receiver.awaitReceived(1, Duration.ofSeconds(5)), address);
        }
    }
}
