package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.datapath.kernel.KernelDatapath;
import dev.udpfanout.loader.datapath.kernel.attach.KernelLeftovers;
import dev.udpfanout.loader.datapath.kernel.attach.NeededPrograms;
import dev.udpfanout.loader.datapath.kernel.netflow.LeftTemplates;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.kernel.program.ProgramSize;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RangeRoutes;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import dev.udpfanout.loader.datapath.network.firewall.Opening;
import dev.udpfanout.loader.datapath.probe.KernelRefusal;
import dev.udpfanout.loader.datapath.userspace.NetflowMemory;
import dev.udpfanout.loader.datapath.userspace.UserspaceDatapath;
import dev.udpfanout.loader.datapath.userspace.WatchedDrops;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The datapaths of the node, or of the network namespace, that the calling thread is in. */
public final class NodeBackends implements Backends {
    private final byte[] elf;
    private final Path pinDirectory;
    private final FlowsConfig flows;
    private final NetflowConfig netflow;
    private final ProgramSize size;
    private final WatchedDrops drops;

    /**
     * @param elf the eBPF object; loaded only if a listener may be in the kernel
     * @param pinDirectory where maps and links are pinned, in bpffs
     */
    public NodeBackends(byte[] elf, Path pinDirectory) {
        this(elf, pinDirectory, FlowsConfig.DEFAULT);
    }

    /** As above, with what is remembered of who asks and who answers. */
    public NodeBackends(byte[] elf, Path pinDirectory, FlowsConfig flows) {
        this(elf, pinDirectory, flows, NetflowConfig.IN_MEMORY, ProgramSize.FEW, new WatchedDrops());
    }

    /**
     * As above, with what is remembered of exporters of NetFlow, room for so many listeners, and those who watch what
     * user space drops.
     */
    public NodeBackends(
            byte[] elf,
            Path pinDirectory,
            FlowsConfig flows,
            NetflowConfig netflow,
            ProgramSize size,
            WatchedDrops drops) {
        this.drops = drops;
        this.size = size;
        this.elf = elf.clone();
        this.flows = flows;
        this.netflow = netflow;
        this.pinDirectory = pinDirectory;
    }

    @Override
    public SwitchableDatapath openKernel(List<ListenerConfig> listeners) {
        KernelRefusal.beforeTrying().ifPresent(reason -> {
            throw new KernelRefusedException(reason, null);
        });
        Optional<Pins> pins = Pins.open(pinDirectory);
        Network network = Network.open();
        try {
            return openKernel(listeners, pins, network);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private SwitchableDatapath openKernel(List<ListenerConfig> listeners, Optional<Pins> pins, Network network) {
        KernelProgram program = load(pins, NeededPrograms.of(listeners, network));
        try {
            return new KernelDatapath(listeners, netflow, program, network, pins);
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    private KernelProgram load(Optional<Pins> pins, Set<String> programs) {
        try {
            return KernelProgram.load(elf, pins, flows, programs, size);
        } catch (SystemCallException e) {
            if (KernelRefusal.isNoObject(e)) {
                throw e;
            }
            throw new KernelRefusedException(KernelRefusal.lasting(e).orElse(e.getMessage()), e);
        }
    }

    @Override
    public SwitchableDatapath openUserspace(List<ListenerConfig> listeners) {
        NetflowMemory memory = new NetflowMemory(netflow, listener -> LeftTemplates.of(pinDirectory, listener));
        return new UserspaceDatapath(listeners, flows, memory, drops, Network.open());
    }

    @Override
    public Optional<String> refusal(RuntimeException failure) {
        return KernelRefusal.lasting(failure);
    }

    @Override
    public boolean hasKernelLeftovers() {
        return KernelLeftovers.arePresent(pinDirectory);
    }

    @Override
    public void removeKernelLeftovers() {
        KernelLeftovers.removeWhatIsPossible(pinDirectory);
    }

    @Override
    public void removeUserspaceLeftovers(List<ListenerConfig> inUserspace) {
        try (Network network = Network.open()) {
            RangeRoutes.removeLeftToSockets(network, inUserspace);
        }
        if (inUserspace.isEmpty()) {
            Firewall.removeLeftovers(Opening.Hook.INPUT);
        }
    }
}
