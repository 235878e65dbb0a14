package dev.udpfanout.bench.program;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.kernel.KernelDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * The kernel program, ready for BPF_PROG_TEST_RUN.
 *
 * <p>The kernel does not put the packet back between two repetitions. So each endpoint here is a listener as well, and
 * the packet goes on from one to the next as long as its TTL lasts: every repetition takes the whole way through the
 * program.
 */
public final class TestRuns implements AutoCloseable {
    /** Packets a run: no more than a TTL lasts. */
    public static final int REPEAT = 200;

    private final PacketRing ring;
    private final KernelDatapath datapath;
    private final BpfProgram rewrite;

    private TestRuns(PacketRing ring, KernelDatapath datapath, BpfProgram rewrite) {
        this.ring = ring;
        this.datapath = datapath;
        this.rewrite = rewrite;
    }

    /** The namespaces; {@link #open} has to be called, and the runs made, in its node. */
    public static Topology network() {
        Topology topology = Topology.builder().pods(1).ipv6(true).build();
        try {
            topology.node().execWithInput(PacketRing.network(), "ip", "-batch", "-");
            return topology;
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    /** Loads the program and fills its maps. */
    public static TestRuns open() {
        PacketRing ring = PacketRing.create();
        KernelProgram program = KernelProgram.load(KernelProgram.builtIn());
        KernelDatapath datapath = new KernelDatapath(ring.listeners(), program, Network.open(), Optional.empty());
        ring.listeners()
                .forEach(listener ->
                        datapath.apply(new EndpointSet(listener.name(), endpoints(ring.othersThan(listener.bind())))));
        datapath.reconcile();
        return new TestRuns(ring, datapath, program.rewrite());
    }

    private static List<Endpoint> endpoints(List<InetSocketAddress> addresses) {
        return addresses.stream()
                .map(address -> new Endpoint(address.toString(), address))
                .toList();
    }

    /** The kinds of packet there are. */
    List<String> packets() {
        return ring.cases().stream().map(PacketRing.Case::name).toList();
    }

    /**
     * Runs the program {@value #REPEAT} times.
     *
     * @return nanoseconds a packet, as the kernel measures and rounds it
     * @throws IllegalStateException if a packet did not go the way that is measured
     */
    public int run(String packet) {
        PacketRing.Case each = ring.cases().stream()
                .filter(one -> one.name().equals(packet))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("packets: " + packets()));
        BpfProgram.TestRun result = rewrite.testRun(each.frame(), REPEAT);
        each.check(result.verdict(), result.frame(), REPEAT);
        return result.durationNs();
    }

    @Override
    public void close() {
        datapath.close();
    }
}
