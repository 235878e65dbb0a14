package dev.udpfanout.loader.doctor.daemon;

import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.probe.KernelProbe;
import dev.udpfanout.loader.datapath.probe.ProbeReport;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether each listener is served as it is meant to be, and if not, what this kernel and process cannot do: helpers,
 * map types, capabilities. The kernel is tried only where there is a doubt, as that takes a second.
 */
public final class ModeCheck {
    private static final String CHECK = "mode";

    private ModeCheck() {}

    /** @param pinDirectory where the daemon pins */
    public static List<Diagnosis> of(List<ServedListener> listeners, DaemonStatus daemon, Path pinDirectory) {
        return of(listeners, daemon, () -> KernelProbe.run(KernelProgram.builtIn(), pinDirectory));
    }

    static List<Diagnosis> of(List<ServedListener> listeners, DaemonStatus daemon, Supplier<ProbeReport> probe) {
        List<Diagnosis> found = new ArrayList<>();
        Optional<ProbeReport> report = Optional.empty();
        for (ServedListener listener : listeners) {
            boolean wantsKernel = listener.config().mode() != Mode.USERSPACE;
            boolean isInDoubt =
                    wantsKernel && (listener.isUserspace() || daemon.page().isEmpty());
            if (isInDoubt && report.isEmpty()) {
                report = Optional.of(probe.get());
            }
            Optional<String> refusal = isInDoubt ? report.flatMap(ProbeReport::kernelRefusal) : Optional.empty();
            found.add(of(listener, wantsKernel, refusal).of(listener.name()));
        }
        return found;
    }

    private static Diagnosis of(ServedListener listener, boolean wantsKernel, Optional<String> refusal) {
        if (refusal.isPresent() && listener.config().mode() == Mode.TC_EBPF) {
            return Diagnosis.problem(
                    "kernel",
                    "the kernel's datapath is not possible here: " + refusal.get(),
                    "mode: tc_ebpf has no other way, so the daemon does not serve the listener",
                    "udp-fanout probe shows all of it; give the container what is missing, or set mode: auto");
        }
        if (wantsKernel && listener.isUserspace()) {
            return Diagnosis.warning(
                    CHECK,
                    "served in user space: " + refusal.orElse(listener.modeReason()),
                    "it works, at a fraction of the kernel's speed",
                    "udp-fanout probe shows what is missing; mode: userspace says that it is meant so");
        }
        String served = listener.modeReason().isEmpty() ? "to be served in " : "served in ";
        return Diagnosis.ok(CHECK, served + (listener.isUserspace() ? "user space" : "the kernel"));
    }
}
