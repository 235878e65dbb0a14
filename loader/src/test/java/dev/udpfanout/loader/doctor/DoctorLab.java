package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.daemon.NodeLock;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.endtoend.AdminClient;
import dev.udpfanout.loader.endtoend.ServiceLab;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.fake.ApiAnswers;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A node with everything that a datagram needs on its way, and doctor to look at it. Faults are the tests' own. */
final class DoctorLab implements AutoCloseable {
    /** Of whatever is waited for: on a machine with much else to do, a command takes half a minute. */
    static final Duration LIMIT = Duration.ofMinutes(2);

    private static final int PORT = 5514;
    private static final int PODS = 2;

    private final ServiceLab lab;
    private final WayIn way;
    private final ApiAnswers api = new ApiAnswers();
    private LabProcess daemon;

    /** Builds it, with a daemon that is ready. */
    DoctorLab(Path directory, WayIn way) throws IOException {
        this(directory, way, "", "");
    }

    /**
     * As above.
     *
     * @param top more of the configuration's top level
     * @param listener more of the listener; empty if nothing
     */
    DoctorLab(Path directory, WayIn way, String top, String listener) throws IOException {
        this.way = way;
        lab = new ServiceLab(Files.createDirectories(directory), PODS, way.isIpv6());
        try {
            lab.server().api().put(service().build());
            lab.server().api().disturb(api::answer);
            lab.serveAll();
            if (way.isIpv6()) {
                lab.serveAll6();
            }
            lab.configure(listener.isEmpty() ? way.place : way.place + "\n    " + listener, top);
            if (way.isOnDummy()) {
                leadVipToDummy();
            }
            startDaemon();
        } catch (RuntimeException | IOException | Error e) {
            lab.close();
            throw e;
        }
    }

    /** Starts the daemon, and returns when it is ready. */
    void startDaemon() {
        daemon = lab.start();
        lab.awaitReady();
    }

    /** As above, through another command, such as setpriv(1). */
    void startDaemonThrough(String... command) {
        List<String> whole = new ArrayList<>(List.of(command));
        whole.addAll(List.of(Distribution.command(), "--config", lab.config().toString()));
        whole.addAll(List.of("--pin-dir", lab.pins().toString()));
        daemon = lab.topology().node().start(lab.variables(), line -> {}, whole.toArray(String[]::new));
        daemon.awaitLine("set up listeners=", LIMIT);
        lab.awaitReady();
    }

    /** As the kernel does when memory is short. */
    void killDaemon() {
        daemon.signal("KILL");
        daemon.awaitExit(LIMIT);
    }

    /** Has nobody listen in the pods. */
    void closeReceivers() throws IOException {
        for (int pod = 1; pod <= PODS; pod++) {
            lab.closeReceiver(pod);
        }
    }

    /** Gives the pods sockets again, and returns when the daemon has found out. */
    void openReceivers() {
        for (int pod = 1; pod <= PODS; pod++) {
            lab.openReceiver(pod);
        }
        AdminClient admin = new AdminClient(lab.topology().node());
        assertTrue(
                BoundedWait.until(() -> !admin.page("/status").contains("port_closed_since"), LIMIT),
                () -> admin.page("/status"));
    }

    /** Has kube-proxy lead the VIP, of the way's family, to the listener on dummy0. */
    void leadVipToDummy() {
        if (way.isIpv6()) {
            lab.leadVip6ToDummy();
        } else {
            lab.leadVipToDummy();
        }
    }

    /** What MetalLB's example has for it; of both families where the lab has both. */
    ServiceBuilder service() {
        Service base = FakeService.withUdpPort("syslog", 5514, 5514).build();
        ServiceBuilder service = new ServiceBuilder(base)
                .editSpec()
                .withExternalTrafficPolicy("Local")
                .endSpec();
        for (String vip : way.isIpv6() ? List.of(TopologyPlan.VIP, TopologyPlan.VIP6) : List.of(TopologyPlan.VIP)) {
            service.editOrNewStatus()
                    .editOrNewLoadBalancer()
                    .addNewIngress()
                    .withIp(vip)
                    .endIngress()
                    .endLoadBalancer()
                    .endStatus();
        }
        return service;
    }

    /** What the API server answers of access, policies and the node. */
    ApiAnswers api() {
        return api;
    }

    ServiceLab lab() {
        return lab;
    }

    LabProcess daemon() {
        return daemon;
    }

    /** Runs a command of a shell on the node. */
    void node(String command) {
        lab.topology().node().exec("sh", "-c", command);
    }

    List<Diagnosis> examine() {
        return lab.topology().node().call(this::examineHere, LIMIT);
    }

    private List<Diagnosis> examineHere() throws InvalidConfigException {
        Config config = new ConfigReader(name -> true).read(lab.config());
        try (KubernetesClient client = lab.server().client()) {
            Doctor.Node node = new Doctor.Node(
                    Path.of("/proc"),
                    lab.pins(),
                    client,
                    new NodeIdentity("node-a", "logging"),
                    NodeLock.holder(),
                    "0.1.0");
            return new Doctor(node).examine(config, Set.of());
        }
    }

    /** Nothing is wrong, nor soon will be. */
    void assertWell() {
        List<Diagnosis> found = examine();
        assertEquals(Set.of(), bad(found), () -> text(found));
    }

    /** This, and nothing else, is wrong; as soon as the daemon has noticed, where it has to. */
    Diagnosis assertOnly(Diagnosis.Result result, String check, String finding) {
        List<?>[] last = new List<?>[1];
        boolean isFound = BoundedWait.until(
                () -> {
                    last[0] = examine();
                    return last[0].stream()
                            .map(Diagnosis.class::cast)
                            .anyMatch(each -> each.check().equals(check) && each.isBad());
                },
                LIMIT);
        List<Diagnosis> found = last[0].stream().map(Diagnosis.class::cast).toList();
        assertTrue(isFound, () -> "no " + check + " in\n" + text(found));
        assertEquals(Set.of(check), bad(found), () -> text(found));
        Diagnosis named = found.stream().filter(Diagnosis::isBad).findFirst().orElseThrow();
        assertEquals(result, named.result(), named::toString);
        assertTrue(named.finding().contains(finding), () -> "not \"" + finding + "\" in " + named);
        assertTrue(!named.mend().isEmpty(), named::toString);
        return named;
    }

    /** Starts our command on the node, with its pins. */
    LabProcess command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Distribution.command()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--pin-dir", lab.pins().toString()));
        return lab.topology().node().start(lab.variables(), line -> {}, command.toArray(String[]::new));
    }

    /** Sends a datagram to where the client sends to, which may or may not arrive. */
    void sendToVip() {
        lab.topology().client().call(() -> {
            try (DatagramChannel sender = DatagramChannel.open()) {
                return sender.send(ByteBuffer.wrap(new byte[Long.BYTES]), way.destination(PORT));
            }
        });
    }

    /** Runs a command of a shell in a pod. */
    void pod(int n, String command) {
        lab.topology().pod(n).exec("sh", "-c", command);
    }

    /** Changes the configuration file, which the daemon reads again. */
    void edit(String from, String to) throws IOException {
        String text = Files.readString(lab.config());
        assertTrue(text.contains(from), text);
        Path next = Files.writeString(lab.config().resolveSibling("edited.yaml"), text.replace(from, to));
        Files.move(next, lab.config(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Puts a Service in the other one's place. */
    void put(Service service) {
        lab.server().api().put(service);
    }

    static Set<String> bad(List<Diagnosis> found) {
        return found.stream().filter(Diagnosis::isBad).map(Diagnosis::check).collect(Collectors.toSet());
    }

    static String text(List<Diagnosis> found) {
        return found.stream().map(Diagnosis::toString).collect(Collectors.joining("\n"));
    }

    WayIn way() {
        return way;
    }

    @Override
    public void close() {
        lab.close();
    }
}
