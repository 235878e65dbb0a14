package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.image.PodmanContainer;
import dev.udpfanout.loader.image.RuntimeDefaultProfile;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.manifests.Manifests;
import dev.udpfanout.loader.manifests.Variant;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The MetalLB path with the image, under exactly what the DaemonSet allows it. Run by {@code make image-test}, never by
 * the build: it needs the image, and podman.
 */
@Tag("kernel")
class ContainerImageScenario {
    private static final int PODS = 3;
    private static final int DATAGRAMS = 20_000;
    /** 128 and SIGTERM: what a JVM answers that has shut down in order. */
    private static final int ENDED_BY_SIGTERM = 143;

    @TempDir
    private Path directory;

    private ServiceLab lab;
    private Path bpffs;
    private RuntimeDefaultProfile runtimeDefault = RuntimeDefaultProfile.CURRENT;

    /** Not in the other folder, which the daemon sees as its ConfigMap. */
    @TempDir
    private Path profiles;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        // Stands for /sys/fs/bpf, where this machine's own daemon may have its pins.
        bpffs = Files.createDirectory(Path.of(
                "/sys/fs/bpf", "udp-fanout-image-" + ProcessHandle.current().pid()));
        lab.leadVipToDummy();
        lab.server().api().put(FakeService.withVips("192.168.1.100"));
        lab.configureOnDummy("health: { protocol: icmp, interval_secs: 5, timeout_secs: 2 }\non_exit: keep");
        lab.serveAll();
    }

    @AfterEach
    void tearDown() throws IOException {
        lab.close();
        Pins.removeAll(bpffs.resolve("udp-fanout"));
        Files.delete(bpffs);
    }

    private PodmanContainer container(Container container) throws IOException {
        PodSpec pod = Variant.METALLB.pod();
        return new PodmanContainer(
                pod,
                container,
                lab.topology().node(),
                Map.of(
                        "config",
                        directory,
                        "bpffs",
                        ownFolder(),
                        "xtables-lock",
                        lockOfIptables(),
                        "state",
                        Files.createDirectories(profiles.resolve("state"))),
                Map.of("spec.nodeName", "node-a", "metadata.namespace", "udp-fanout"),
                runtimeDefault.writeTo(profiles));
    }

    /** All that the pod sees of the bpffs: made as the kubelet makes it. */
    private Path ownFolder() throws IOException {
        return Files.createDirectories(bpffs.resolve("udp-fanout"));
    }

    /** A file that is there, as the kubelet makes it; not this machine's own lock. */
    private Path lockOfIptables() throws IOException {
        return Files.write(profiles.resolve("xtables.lock"), new byte[0]);
    }

    private LabProcess startDaemon() throws IOException {
        LabProcess daemon =
                container(Variant.METALLB.container()).start(Map.of("KUBECONFIG", "/etc/udp-fanout/kubeconfig"));
        daemon.awaitLine("ready listeners=", ServiceLab.LIMIT);
        lab.awaitReady();
        return daemon;
    }

    @Test
    void shouldSpreadEvenlyAndLoseNothingOverARestart() throws Exception {
        container(Variant.METALLB.pod().getInitContainers().getFirst()).run();
        String dummy = lab.topology().node().exec("ip", "address", "show", "dummy0");
        assertTrue(dummy.contains("inet 10.255.0.1/32"), dummy);

        LabProcess first = startDaemon();
        lab.awaitInForce(1, 2, 3);
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, DATAGRAMS);
            assertTrue(lab.admin().page("/status").contains("\"tc_ebpf\""), () -> lab.admin()
                    .page("/status"));
            lab.assertNothingLost(traffic);
        }
        List<Long> received = lab.receivers().stream()
                .map(SequenceTraffic.Receiver::received)
                .sorted()
                .toList();
        int cpus = Runtime.getRuntime().availableProcessors();
        assertTrue(received.getLast() - received.getFirst() <= cpus, received::toString);
        assertTrue(Pins.areIn(bpffs.resolve("udp-fanout")), "forwarding outlives the container");

        first.signal("TERM");
        assertEquals(ENDED_BY_SIGTERM, first.awaitExit(ServiceLab.LIMIT), () -> first.lines()
                .toString());
        LabProcess second = startDaemon();
        assertTrue(String.join("\n", second.lines()).contains("adopted=true"), () -> second.lines()
                .toString());
        second.signal("TERM");
        assertEquals(ENDED_BY_SIGTERM, second.awaitExit(ServiceLab.LIMIT), () -> second.lines()
                .toString());
    }

    @Test
    void shouldForwardInUserSpaceAndSayWhyWhenTheRuntimeKnowsNoCapBpf() throws Exception {
        runtimeDefault = RuntimeDefaultProfile.BEFORE_CAP_BPF;
        LabProcess daemon = startDaemon();
        lab.awaitInForce(1, 2, 3);
        String status = lab.admin().page("/status");
        assertTrue(status.contains("\"userspace\"") && status.contains("blocked by a seccomp filter"), status);
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, DATAGRAMS);
            lab.assertNothingLost(traffic);
        }
        daemon.signal("TERM");
        assertEquals(ENDED_BY_SIGTERM, daemon.awaitExit(ServiceLab.LIMIT), () -> daemon.lines()
                .toString());
    }

    @Test
    void shouldHaveTheToolsThatTheGuideNames() {
        for (String tool : List.of(
                "ip -V",
                "tc -V",
                "bpftool version",
                "tcpdump --version",
                "iptables -V",
                "ip6tables -V",
                "conntrack -V")) {
            List<String> words = List.of(tool.split(" "));
            runImage(List.of("--entrypoint=" + words.getFirst()), words.subList(1, words.size()));
        }
    }

    /**
     * As {@code kubectl exec} types them: in the container of the running daemon, with what the DaemonSet allows it.
     */
    @Test
    void shouldDoInTheDaemonsContainerWhatTheGuideTypes() throws Exception {
        lab.configure("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    attach: clsact", "on_exit: keep");
        container(Variant.METALLB.pod().getInitContainers().getFirst()).run();
        startDaemon();
        lab.awaitInForce(1, 2, 3);
        PodmanContainer daemon = container(Variant.METALLB.container());
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, DATAGRAMS);
            for (String nic : List.of("eth0", "dummy0", "cni0")) {
                String seen = daemon.exec("tcpdump -n -c 2 -i " + nic + " udp 2>/dev/null");
                assertTrue(seen.contains("IP 192.168.1.10."), nic + ": " + seen);
            }
        }
        String counters = daemon.exec("bpftool map dump name STATS");
        assertTrue(counters.contains("\"pkts_received\": ") && !counters.contains("Error"), counters);
        String filter = "tc filter show dev dummy0 ingress | grep -oP 'id \\K\\d+'";
        String shown = daemon.exec("bpftool prog show id $(" + filter + ")");
        assertTrue(shown.matches("(?s)\\d+: sched_cls +name udp_fanout +tag .*"), shown);
        String rules = daemon.exec("iptables -t nat -L KUBE-SERVICES -n -v");
        assertTrue(rules.contains("loadbalancer IP"), rules);
        assertTrue(daemon.exec("tc qdisc show dev dummy0").contains("qdisc clsact"));
    }

    @Test
    void shouldRunTheExamplesReceiversAsTheirDeploymentAllows() throws Exception {
        PodSpec pod = Manifests.only(Deployment.class, "example-receivers.yaml")
                .getSpec()
                .getTemplate()
                .getSpec();
        PodmanContainer receiver = new PodmanContainer(
                pod,
                pod.getContainers().getFirst(),
                lab.topology().pod(1),
                Map.of(),
                Map.of(),
                runtimeDefault.writeTo(profiles));
        // The lab's own receivers are elsewhere.
        LabProcess receiving = receiver.start(Map.of());
        receiving.awaitLine("Receiving. bind=[::]:5514", ServiceLab.LIMIT);
        lab.topology().pod(1).exec("bash", "-c", "for i in 1 2 3; do echo $i >/dev/udp/127.0.0.1/5514; done");
        receiving.awaitLine("Collected events. events=3", ServiceLab.LIMIT);
        String probe = String.join(
                " ",
                pod.getContainers().getFirst().getReadinessProbe().getExec().getCommand());
        receiver.exec(probe.replace(":158A ", "':158A '"));
        receiver.exec("sleep 0");
        receiving.signal("TERM");
        assertEquals(ENDED_BY_SIGTERM, receiving.awaitExit(ServiceLab.LIMIT), () -> receiving
                .lines()
                .toString());
        assertEquals("Collected events. events=3", receiving.lines().getLast());
    }

    @Test
    void shouldStartFromItsArchive() {
        String said = runImage(List.of("--env=UDP_FANOUT_JAVA_OPTS=-Xlog:class+load"), List.of("--version"));
        assertTrue(
                said.lines()
                        .anyMatch(line ->
                                line.contains("dev.udpfanout.loader.cli.UdpFanout source: shared objects file")),
                said);
    }

    private static String runImage(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("podman", "run", "--rm", "--pull=never", "--network=none"));
        command.addAll(PodmanContainer.ANYWHERE);
        command.addAll(options);
        command.add(Variant.METALLB.container().getImage());
        command.addAll(arguments);
        return Command.run(command);
    }
}
