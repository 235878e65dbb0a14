package dev.udpfanout.loader.doctor.daemon;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import java.util.List;
import java.util.Optional;

/** Whether the daemon is ready, for a reason that no other check has found. Pure. */
public final class ReadyCheck {
    private ReadyCheck() {}

    /** @param found what all other checks have found */
    public static Optional<Diagnosis> of(DaemonStatus daemon, List<Diagnosis> found) {
        boolean isExplained = found.stream().anyMatch(Diagnosis::isBad);
        return daemon.notReady()
                .filter(reason -> !isExplained)
                .map(reason -> Diagnosis.problem(
                        "ready",
                        "the daemon is not ready: " + reason,
                        "MetalLB does not announce the VIP from this node",
                        "udp-fanout status"));
    }
}
