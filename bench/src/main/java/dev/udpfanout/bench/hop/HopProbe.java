package dev.udpfanout.bench.hop;

import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.Codec;
import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Programs of the bench on the hooks that a datagram passes, before those of the contestant. Needs TCX: Linux 6.6. */
public final class HopProbe implements AutoCloseable {
    /** Datagrams of a run that are noted; MAX_DATAGRAMS in hop_probe.bpf.c. */
    public static final int MAX_DATAGRAMS = 65_536;

    private static final int NIC = 0;
    private static final int OUT = 1;
    private static final int IN = 2;
    private static final int POD = 3;
    private static final int HOPS = 4;

    private final BpfObject object;
    private final List<TcxLink> links = new ArrayList<>();

    private HopProbe(BpfObject object) {
        this.object = object;
    }

    /** Puts the probes on a lab's hooks; dummy0's only where there is one. */
    public static HopProbe attach(ContestantLab lab, Path elf) {
        BpfObject object = BpfObject.open(read(elf), "hop_probe");
        HopProbe probe = new HopProbe(object);
        try {
            object.load();
            LabNamespace node = lab.topology().node();
            probe.attach(node, "hop_nic", "eth0", HookPoint.INGRESS);
            probe.attach(node, "hop_out", "dummy0", HookPoint.EGRESS);
            probe.attach(node, "hop_in", "dummy0", HookPoint.INGRESS);
            for (LabNamespace pod : lab.topology().pods()) {
                probe.attach(pod, "hop_pod", "eth0", HookPoint.INGRESS);
            }
            return probe;
        } catch (RuntimeException e) {
            probe.close();
            throw e;
        }
    }

    private static byte[] read(Path elf) {
        try {
            return Files.readAllBytes(elf);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void attach(LabNamespace namespace, String program, String interfaceName, HookPoint hook) {
        namespace.call(() -> {
            NetworkInterface found = NetworkInterface.getByName(interfaceName);
            if (found != null) {
                links.add(TcxLink.attachFirst(object.program(program), found.getIndex(), interfaceName, hook));
            }
            return null;
        });
    }

    /** Notes the datagrams of this run from now on, and no others; what was noted before is forgotten. */
    public void begin(long run) {
        passed().putAll(Collections.nCopies(MAX_DATAGRAMS * HOPS, 0L));
        new ArrayMap<>(object.map("RUN"), Codec.U64).put(0, run);
    }

    private ArrayMap<Long> passed() {
        return new ArrayMap<>(object.map("PASSED"), Codec.U64);
    }

    /** The times of the datagrams that were seen at both ends. */
    public List<HopTimes> read(long datagrams) {
        List<HopTimes> all = new ArrayList<>();
        List<Long> passedNs = passed().all();
        for (int sequence = 0; sequence < Math.min(datagrams, MAX_DATAGRAMS); sequence++) {
            List<Long> atNs = passedNs.subList(sequence * HOPS, (sequence + 1) * HOPS);
            if (atNs.get(NIC) != 0 && atNs.get(POD) != 0) {
                all.add(new HopTimes(atNs.get(NIC), atNs.get(OUT), atNs.get(IN), atNs.get(POD)));
            }
        }
        return all;
    }

    @Override
    public void close() {
        links.forEach(TcxLink::close);
        object.close();
    }
}
