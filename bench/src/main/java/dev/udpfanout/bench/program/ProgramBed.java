package dev.udpfanout.bench.program;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.PinnedProgram;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A daemon on a node of its own, with listeners for a list of loads. Its programs, as it has pinned them, are run by
 * BPF_PROG_TEST_RUN: so any version of it can be measured, by no more than its configuration file and its pins.
 */
final class ProgramBed implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final int PAYLOAD_BYTES = 200;

    private final Topology topology;
    private final List<Load> loads;
    private final PacketDriver driver;
    private final List<PinnedProgram> pinned = new ArrayList<>();
    private final List<Aim> aims = new ArrayList<>();

    /** A load's packets in the driver, and the program that gets them. */
    record Aim(Load load, int first, byte[] frame, BpfProgram program, int ifindex) {}

    private ProgramBed(Topology topology, List<Load> loads, PacketDriver driver) {
        this.topology = topology;
        this.loads = loads;
        this.driver = driver;
    }

    /**
     * Starts the daemon, and sees that each packet goes the way that is to be measured.
     *
     * @param daemon {@code bin/udp-fanout}
     * @param driverElf what packet_driver.bpf.c was compiled to
     */
    static ProgramBed open(Path daemon, Path driverElf, List<Load> loads) {
        Topology topology = Topology.builder().pods(1).ipv6(true).build();
        try {
            PacketDriver driver = topology.node().<PacketDriver>closedWithTopology(PacketDriver.load(driverElf));
            ProgramBed bed = new ProgramBed(topology, loads, driver);
            bed.start(daemon);
            topology.node()
                    .call(
                            () -> {
                                bed.aimAll();
                                return null;
                            },
                            START_LIMIT);
            return bed;
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    private void start(Path daemon) {
        int receivers = loads.stream().mapToInt(Load::endpoints).max().orElse(0) + 1;
        for (Family family : Family.values()) {
            topology.node().execWithInput(family.network(receivers), "ip", "-batch", "-");
        }
        String pins = topology.pinDirectory().toString();
        LabProcess process =
                topology.node().start(daemon.toString(), "run", "--config", config().toString(), "--pin-dir", pins);
        process.awaitLine("ready listeners=", START_LIMIT);
    }

    private Path config() {
        try {
            Path file = Files.createTempFile("udp-fanout-bench-", ".yaml");
            topology.node().<AutoCloseable>closedWithTopology(() -> Files.deleteIfExists(file));
            return Files.writeString(file, ListenerYaml.of(loads));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void aimAll() throws SocketException {
        List<Integer> ports = ListenerYaml.ports(loads);
        for (int i = 0; i < loads.size(); i++) {
            Load load = loads.get(i);
            Aim requests = requests(load, ports.get(i));
            aims.add(load.target() == Load.Target.ANSWER ? answers(load, requests) : requests);
        }
    }

    private Aim requests(Load load, int port) throws SocketException {
        Family family = load.family();
        List<byte[]> frames = IntStream.range(0, load.packets())
                .mapToObj(i -> family.frame(
                        family.client(i % load.clients()),
                        family.listener(port + i % Math.max(1, load.listeners())),
                        TopologyPlan.NODE_MAC,
                        load.contents().payload(PAYLOAD_BYTES)))
                .toList();
        BpfProgram program =
                switch (load.target()) {
                    case REQUEST, ANSWER -> pinned("udp_fanout");
                    case FLOOR -> driver.floor();
                    case NONE -> driver.none();
                };
        Aim aim = new Aim(load, driver.add(frames), frames.getFirst(), program, ifindex("eth0"));
        IntStream.range(0, frames.size()).forEach(i -> once(aim, i));
        return aim;
    }

    /** What the receivers answer: each to the client whose request it was given. */
    private Aim answers(Load load, Aim requests) throws SocketException {
        Family family = load.family();
        List<byte[]> frames = IntStream.range(0, load.packets())
                .mapToObj(i -> {
                    InetSocketAddress receiver = family.destination(once(requests, i));
                    return family.frame(
                            receiver,
                            family.client(i),
                            TopologyPlan.BRIDGE_MAC,
                            load.contents().payload(PAYLOAD_BYTES));
                })
                .toList();
        Aim aim = new Aim(load, driver.add(frames), frames.getFirst(), pinned("udp_fanout_back"), ifindex("cni0"));
        IntStream.range(0, frames.size()).forEach(i -> once(aim, i));
        return aim;
    }

    /** Sends one packet of a load through its program; the frame that is left. */
    private byte[] once(Aim aim, int packet) {
        driver.aim(aim.first + packet, 1, aim.program);
        BpfProgram.TestRun run = driver.run(aim.ifindex, aim.frame, 1);
        check(aim.load, run);
        return run.frame();
    }

    /** @throws IllegalStateException if the last packet did not go the way that is measured */
    private static void check(Load load, BpfProgram.TestRun run) {
        int hops = load.family().hopsLeft(run.frame());
        boolean isForwarded = load.fate() == Load.Fate.REDIRECTED;
        boolean isAsMeant = load.fate() == Load.Fate.UNEDITED || hops == (isForwarded ? Family.TTL - 1 : Family.TTL);
        if (run.verdict() != load.fate().verdict() || !isAsMeant) {
            throw new IllegalStateException(
                    "test run of \"" + load.label() + "\": verdict " + run.verdict() + ", TTL " + hops + "; "
                            + load.fate() + " means verdict " + load.fate().verdict());
        }
    }

    private BpfProgram pinned(String name) {
        return pinned.stream()
                .map(PinnedProgram::program)
                .filter(program -> program.name().equals(name))
                .findFirst()
                .orElseGet(() -> {
                    PinnedProgram program = PinnedProgram.open(pin(name));
                    topology.node().<AutoCloseable>closedWithTopology(program::close);
                    pinned.add(program);
                    return program.program();
                });
    }

    /** In the folder of the layout's version, which is called v and a number. */
    private Path pin(String name) {
        try (Stream<Path> versions = Files.list(topology.pinDirectory())) {
            return versions.map(version -> version.resolve(name))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the daemon has not pinned " + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int ifindex(String name) throws SocketException {
        return NetworkInterface.getByName(name).getIndex();
    }

    Topology topology() {
        return topology;
    }

    PacketDriver driver() {
        return driver;
    }

    /** In the order of the loads. */
    List<Aim> aims() {
        return aims;
    }

    /** Has the driver give an aim's packets to a program. */
    void aim(Aim aim, BpfProgram program) {
        driver.aim(aim.first, aim.load.packets(), program);
    }

    /**
     * Runs an aim's packets through a program.
     *
     * @param program the aim's own, or another to compare with
     * @return mean nanoseconds a packet
     */
    int run(Aim aim, BpfProgram program, int repeat) {
        aim(aim, program);
        BpfProgram.TestRun run = driver.run(aim.ifindex, aim.frame, repeat);
        if (program == aim.program) {
            check(aim.load, run);
        }
        return run.durationNs();
    }

    @Override
    public void close() {
        topology.close();
    }
}
