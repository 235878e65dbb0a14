package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.endtoend.ServiceLab;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A node with kube-proxy's rules and one annotated Service, whose endpoints are all pods but the last, which sends. */
final class AnnotatedLab implements AutoCloseable {
    private static final int PODS = 3;
    private static final int ENDPOINTS = PODS - 1;
    private static final long SOME = 600;
    private static final long ENOUGH = 3_000;
    /** The processors take turns of their own. */
    private static final int EXACTLY = 100;
    /** While datagrams come: receivers are not equally quick. */
    private static final int ABOUT = 15;

    private final ServiceLab lab;

    private AnnotatedLab(ServiceLab lab) {
        this.lab = lab;
    }

    /** With a Service of IPv4. */
    static AnnotatedLab open(Path directory) throws IOException {
        AnnotatedLab opened = new AnnotatedLab(new ServiceLab(directory, PODS));
        opened.serve();
        opened.lab.server().api().put(VipService.annotated());
        return opened;
    }

    /** With a Service of both families. */
    static AnnotatedLab dualStack(Path directory) throws IOException {
        AnnotatedLab opened = new AnnotatedLab(new ServiceLab(directory, PODS, true));
        opened.serve();
        opened.serve6();
        opened.lab.server().api().put(VipService.dualStack());
        return opened;
    }

    private void serve() {
        lab.serve(pods(lab.topology().plan()::podAddress));
        proxy(ServiceLab.VIP, lab.topology().podEndpoints(ServiceLab.POD_PORT));
    }

    private void serve6() {
        lab.server()
                .api()
                .put(Slices.slice("receivers-6", "IPv6", pods(lab.topology().plan()::podAddress6))
                        .addNewPort()
                        .withName("syslog")
                        .withProtocol("UDP")
                        .withPort(ServiceLab.POD_PORT)
                        .endPort()
                        .build());
        proxy(ServiceLab.VIP6, lab.topology().podEndpoints6(ServiceLab.POD_PORT));
    }

    private interface AddressOfPod {
        String of(int pod);
    }

    private static Endpoint[] pods(AddressOfPod addresses) {
        return IntStream.rangeClosed(1, ENDPOINTS)
                .mapToObj(pod -> Slices.pod("pod-" + pod, addresses.of(pod)))
                .toArray(Endpoint[]::new);
    }

    private void proxy(InetSocketAddress vip, List<InetSocketAddress> pods) {
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(vip, ExternalTrafficPolicy.CLUSTER, pods.subList(0, ENDPOINTS)));
    }

    ServiceLab lab() {
        return lab;
    }

    Topology topology() {
        return lab.topology();
    }

    /** The pod that sends. */
    LabNamespace sender() {
        return topology().pod(PODS);
    }

    /** Its number. */
    int senderNumber() {
        return PODS;
    }

    /** Starts the daemon, and waits until it is ready. */
    LabProcess start(String services) throws IOException {
        lab.configureServices(services);
        LabProcess daemon = lab.start();
        lab.awaitReady();
        return daemon;
    }

    /** The names of the interfaces that have the program, by the daemon's own page, sorted. */
    List<String> served() {
        return Pattern.compile("\\{\"name\":\"([^\"]*)\",\"role\":\"[a-z]*\",[^}]*\"attachment\":\"tcx\"")
                .matcher(lab.admin().page("/status"))
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
    }

    /** Waits until these interfaces have the program, and no others that it has found. */
    void awaitServed(String... interfaces) {
        assertTrue(BoundedWait.until(() -> served().equals(List.of(interfaces)), ServiceLab.LIMIT), () -> lab.admin()
                .page("/status"));
    }

    /** Waits until the datagrams that are sent meanwhile go to all endpoints. */
    void awaitSpread() {
        assertTrue(
                BoundedWait.until(() -> endpointsServed() == ENDPOINTS, ServiceLab.LIMIT),
                () -> counts() + lab.admin().page("/status"));
    }

    /** Waits until they all go to one: kube-proxy's way, for one flow. */
    void awaitSticky() {
        assertTrue(
                BoundedWait.until(() -> endpointsServed() == 1, ServiceLab.LIMIT),
                () -> counts() + lab.admin().page("/status"));
    }

    /** Waits until each endpoint gets as many as the other: meanwhile kube-proxy may have served some. */
    void awaitEven() {
        assertTrue(BoundedWait.until(() -> isEven(next(SOME)), ServiceLab.LIMIT), () -> lab.admin()
                .page("/status"));
    }

    /** How many of the next datagrams each endpoint gets. */
    private List<Long> next(long datagrams) {
        List<Long> before = counts();
        assertTrue(
                BoundedWait.until(() -> sum(counts()) >= sum(before) + datagrams, ServiceLab.LIMIT),
                () -> counts() + lab.admin().page("/status"));
        List<Long> after = counts();
        return IntStream.range(0, ENDPOINTS)
                .mapToObj(pod -> after.get(pod) - before.get(pod))
                .toList();
    }

    private static boolean isEven(List<Long> shares) {
        return Math.abs(shares.get(0) - shares.get(1)) <= sum(shares) / ABOUT;
    }

    /** Lets so many datagrams come that a share which is not even shows; each endpoint gets as many as the other. */
    void assertEven() {
        List<Long> shares = next(ENOUGH);
        assertTrue(isEven(shares), shares::toString);
    }

    /** To how many endpoints the next datagrams go. */
    private long endpointsServed() {
        return next(SOME).stream().filter(share -> share > 0).count();
    }

    List<Long> counts() {
        return lab.receivers().stream().map(SequenceTraffic.Receiver::received).toList();
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** What is sent there is spread evenly, and all of it arrives. */
    void assertSpread(LabNamespace sender, InetSocketAddress destination) throws Exception {
        send(sender, destination, traffic -> awaitSpread());
        List<Long> before = counts();
        send(sender, destination, traffic -> ServiceLab.awaitSent(traffic, ENOUGH));
        List<Long> after = counts();
        long first = after.get(0) - before.get(0);
        long second = after.get(1) - before.get(1);
        assertTrue(Math.abs(first - second) <= (first + second) / EXACTLY, first + " and " + second);
    }

    private void send(LabNamespace sender, InetSocketAddress destination, Consumer<SequenceTraffic> meanwhile)
            throws Exception {
        long received = lab.received();
        try (SequenceTraffic traffic = new SequenceTraffic(sender, destination, 2_000)) {
            meanwhile.accept(traffic);
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(() -> lab.received() - received >= sent, ServiceLab.LIMIT));
            assertEquals(sent, lab.received() - received);
        }
    }

    /** Ends the only traffic that there was: each of its datagrams has arrived, and once. */
    void assertEachArrivedOnce(SequenceTraffic traffic) throws InterruptedException {
        long sent = traffic.stop();
        BoundedWait.until(() -> lab.received() >= sent, ServiceLab.LIMIT);
        BitSet arrived = new BitSet();
        lab.receivers().forEach(receiver -> arrived.or(receiver.numbers()));
        assertEquals(sent, arrived.cardinality(), () -> "the first that did not arrive is " + arrived.nextClearBit(0));
        assertEquals(sent, lab.received(), "each once");
    }

    @Override
    public void close() {
        lab.close();
    }
}
