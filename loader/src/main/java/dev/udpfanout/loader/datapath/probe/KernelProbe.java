package dev.udpfanout.loader.datapath.probe;

import dev.udpfanout.bindings.libbpf.BpfFeatures;
import dev.udpfanout.forwarder.transport.Support;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportProbe;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.datapath.kernel.program.BuiltInObjects;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.probe.Finding.Need;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out what this kernel and this process can do, by trying each thing, never by the kernel's version. Changes
 * nothing that anybody sees; nothing is remembered from one run to the next.
 */
public final class KernelProbe {
    private static final String KERNEL_MODE = "tc_ebpf";

    private final byte[] elf;
    private final Path pinDirectory;
    private final List<Finding> findings = new ArrayList<>();

    private KernelProbe(byte[] elf, Path pinDirectory) {
        this.elf = elf.clone();
        this.pinDirectory = pinDirectory;
    }

    /**
     * Looks at everything.
     *
     * @param elf the eBPF object to try
     * @param pinDirectory where the daemon would pin it
     */
    public static ProbeReport run(byte[] elf, Path pinDirectory) {
        KernelProbe probe = new KernelProbe(elf, pinDirectory);
        probe.capabilities();
        probe.bpf();
        probe.transports();
        return new ProbeReport(probe.findings);
    }

    private void capabilities() {
        ProcessStatus status = ProcessStatus.read();
        boolean mayUseBpf =
                status.hasCapability(ProcessStatus.CAP_BPF) || status.hasCapability(ProcessStatus.CAP_SYS_ADMIN);
        add("CAP_NET_ADMIN", KERNEL_MODE, Need.KERNEL, capability(status.hasCapability(ProcessStatus.CAP_NET_ADMIN)));
        add("CAP_BPF or CAP_SYS_ADMIN", KERNEL_MODE, Need.KERNEL, capability(mayUseBpf));
        boolean mayBeVerified =
                status.hasCapability(ProcessStatus.CAP_PERFMON) || status.hasCapability(ProcessStatus.CAP_SYS_ADMIN);
        add("CAP_PERFMON or CAP_SYS_ADMIN", KERNEL_MODE, Need.KERNEL, capability(mayBeVerified));
        add(
                "CAP_NET_RAW",
                "userspace with source: client",
                Need.OPTIONAL,
                capability(status.hasCapability(ProcessStatus.CAP_NET_RAW)));
    }

    private static Support capability(boolean isThere) {
        return isThere ? new Support.Supported() : new Support.Unsupported("not in the effective set of this process");
    }

    private void bpf() {
        Optional<String> unusable = KernelRefusal.bpfUnusable();
        add(
                "bpf(2) by libbpf",
                KERNEL_MODE,
                Need.KERNEL,
                unusable.<Support>map(Support.Unsupported::new).orElseGet(Support.Supported::new));
        Optional<Support> noBpf = unusable.map(why -> new Support.Unknown("bpf(2) is not usable"));
        features(noBpf);
        program(noBpf);
        add(
                "questions to conntrack",
                "guard of listeners with replies",
                Need.OPTIONAL,
                noBpf.orElseGet(this::conntrack));
        add("bpffs at " + pinDirectory.getParent(), "forwarding while the daemon is away", Need.OPTIONAL, bpffs());
    }

    private void features(Optional<Support> noBpf) {
        // By name: the enums' constants come from libbpf, which may not be there.
        if (noBpf.isPresent()) {
            add("helpers and map types", KERNEL_MODE, Need.KERNEL, noBpf.get());
            return;
        }
        for (BpfFeatures.Helper helper : BpfFeatures.Helper.values()) {
            add(
                    "helper " + label(helper),
                    KERNEL_MODE,
                    Need.KERNEL,
                    Attempt.of(() -> BpfFeatures.has(helper), "this kernel's TC programs cannot call it"));
        }
        for (BpfFeatures.MapType type : BpfFeatures.MapType.values()) {
            add(
                    "map type " + label(type),
                    KERNEL_MODE,
                    Need.KERNEL,
                    Attempt.of(
                            () -> BpfFeatures.has(type),
                            "this kernel has no such map, or this process may not create one"));
        }
    }

    private void program(Optional<Support> noBpf) {
        KernelProgram[] loaded = new KernelProgram[1];
        Support load = noBpf.orElseGet(() -> Attempt.of(() -> loaded[0] = allPrograms()));
        add("load program " + KernelProgram.REWRITE, KERNEL_MODE, Need.KERNEL, load);
        try (KernelProgram program = loaded[0]) {
            Map<String, Support> results =
                    program == null ? AttachmentProbe.dummyOnly() : AttachmentProbe.run(program.rewrite());
            Support without = new Support.Unknown("there is no program to attach");
            for (String attachment : List.of(AttachmentProbe.TCX, AttachmentProbe.CLSACT)) {
                add(
                        attachment,
                        KERNEL_MODE + ", one is enough",
                        Need.KERNEL_ATTACHMENT,
                        results.getOrDefault(attachment, without));
            }
            add(
                    AttachmentProbe.DUMMY,
                    "interface dummy0; a bridge will do",
                    Need.OPTIONAL,
                    results.get(AttachmentProbe.DUMMY));
        }
    }

    /** Not only those that some listener needs: this is to say what the kernel can do. */
    private KernelProgram allPrograms() {
        return KernelProgram.load(elf, Optional.empty(), FlowsConfig.DEFAULT, KernelProgram.NAMES);
    }

    private Support conntrack() {
        return BuiltInObjects.whyConntrackIsNotAsked()
                .<Support>map(Support.Unsupported::new)
                .orElseGet(Support.Supported::new);
    }

    private Support bpffs() {
        Path parent = Pins.placeOf(pinDirectory);
        try {
            if (!Files.getFileStore(parent).type().equals("bpf")) {
                return new Support.Unsupported(parent + " is not a bpffs (mount -t bpf bpf /sys/fs/bpf)");
            }
            Path trial = Files.createTempDirectory(parent, "udp-fanout-probe");
            Files.delete(trial);
            return new Support.Supported();
        } catch (java.io.IOException e) {
            return new Support.Unsupported(e.toString());
        }
    }

    private void transports() {
        TransportProbe transports = TransportProbe.run();
        for (Transport transport : Transport.values()) {
            add("transport " + transport.label(), "userspace, one is enough", Need.OPTIONAL, transports.of(transport));
        }
    }

    private void add(String capability, String neededBy, Need need, Support support) {
        findings.add(new Finding(capability, neededBy, need, support));
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
