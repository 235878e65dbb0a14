package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.ClsactFilter;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.Codec;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.loader.datapath.network.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Somebody else's program: {@code src/test/c/neighbour.bpf.c}, compiled here. */
public final class NeighbourProgram implements AutoCloseable {
    private static final int LAST = 60_000;

    private final BpfObject object;

    private TcxLink link;

    private NeighbourProgram(BpfObject object) {
        this.object = object;
    }

    static NeighbourProgram load() {
        return load(compiled());
    }

    private static NeighbourProgram load(byte[] compiled) {
        BpfObject object = BpfObject.open(compiled, "neighbour");
        object.load();
        return new NeighbourProgram(object);
    }

    private static byte[] compiled() {
        try {
            Path compiled = Files.createTempFile("neighbour", ".bpf.o");
            try {
                String machine =
                        "-I/usr/include/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu";
                Command.run(List.of(
                        "clang",
                        "-O2",
                        "-g",
                        "-target",
                        "bpf",
                        machine,
                        "-c",
                        "src/test/c/neighbour.bpf.c",
                        "-o",
                        compiled.toString()));
                return Files.readAllBytes(compiled);
            } finally {
                Files.delete(compiled);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads it and puts it on an interface's ingress, behind everybody at a lower priority. */
    public static NeighbourProgram attachBehind(LabNamespace namespace, String interfaceName) {
        return attachBehind(namespace, interfaceName, HookPoint.INGRESS);
    }

    /** As above, on either hook. */
    public static NeighbourProgram attachBehind(LabNamespace namespace, String interfaceName, HookPoint hook) {
        NeighbourProgram loaded = load();
        namespace.call(() -> {
            try (Network network = Network.open()) {
                int ifindex =
                        network.links().byName(interfaceName).orElseThrow().index();
                ClsactFilter.createQdisc(ifindex, interfaceName);
                return ClsactFilter.attach(loaded.program(), ifindex, interfaceName, hook, LAST);
            }
        });
        return loaded;
    }

    /**
     * Loads one that drops everything, and puts it on an interface's ingress as a filter of clsact.
     *
     * @param priority 1 comes before filters that have the kernel's own choice
     */
    public static NeighbourProgram attachDropper(LabNamespace namespace, String interfaceName, int priority) {
        NeighbourProgram loaded = load();
        namespace.call(() -> {
            try (Network network = Network.open()) {
                int ifindex =
                        network.links().byName(interfaceName).orElseThrow().index();
                ClsactFilter.createQdisc(ifindex, interfaceName);
                return ClsactFilter.attach(
                        loaded.object.program("dropper"), ifindex, interfaceName, HookPoint.INGRESS, priority);
            }
        });
        return loaded;
    }

    /** Loads it so many times, and puts each on an interface's TCX ingress, until it is closed. */
    public static List<NeighbourProgram> attachMany(LabNamespace namespace, String interfaceName, int count) {
        byte[] compiled = compiled();
        return IntStream.range(0, count)
                .mapToObj(number -> attachFirst(load(compiled), namespace, interfaceName, HookPoint.INGRESS))
                .toList();
    }

    /** Loads it and puts it first on an interface's TCX ingress, until it is closed. */
    public static NeighbourProgram attachFirst(LabNamespace namespace, String interfaceName) {
        return attachFirst(namespace, interfaceName, HookPoint.INGRESS);
    }

    /** As above, on either hook. */
    public static NeighbourProgram attachFirst(LabNamespace namespace, String interfaceName, HookPoint hook) {
        return attachFirst(load(), namespace, interfaceName, hook);
    }

    private static NeighbourProgram attachFirst(
            NeighbourProgram loaded, LabNamespace namespace, String interfaceName, HookPoint hook) {
        namespace.call(() -> {
            try (Network network = Network.open()) {
                int ifindex =
                        network.links().byName(interfaceName).orElseThrow().index();
                loaded.link = TcxLink.attachFirst(loaded.program(), ifindex, interfaceName, hook);
                return null;
            }
        });
        return loaded;
    }

    /**
     * Loads an XDP program, and attaches it to an interface. It stays there until the interface or {@code bpftool net
     * detach} ends it, also when this is closed.
     *
     * @param name {@code xdp_passer} or {@code xdp_dropper}
     * @param mode as bpftool-net(8) calls it: {@code xdpdrv} in the driver, {@code xdpgeneric} behind it
     */
    public static NeighbourProgram attachXdp(LabNamespace namespace, String interfaceName, String name, String mode) {
        NeighbourProgram loaded = load();
        String id = Integer.toString(loaded.object.program(name).id());
        namespace.exec("bpftool", "net", "attach", mode, "id", id, "dev", interfaceName);
        return loaded;
    }

    BpfProgram program() {
        return object.program("neighbour");
    }

    /** How many packets it has been given. */
    public long seen() {
        return new ArrayMap<>(object.map("SEEN"), Codec.U64).get(0);
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
        object.close();
    }
}
