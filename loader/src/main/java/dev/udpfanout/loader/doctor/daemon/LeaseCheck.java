package dev.udpfanout.loader.doctor.daemon;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedLease;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.nio.file.Path;
import java.util.Optional;

/** Whether the program still serves leased listeners, those of annotated Services among them. */
public final class LeaseCheck {
    private static final String CHECK = "lease";

    private LeaseCheck() {}

    /**
     * Reads the pins.
     *
     * @param pinDirectory where the daemon pins
     * @param isRunning whether a daemon runs
     * @return empty if nothing is leased
     */
    public static Optional<Diagnosis> of(Path pinDirectory, boolean isRunning) {
        try {
            return PinnedLease.read(pinDirectory).map(lease -> of(lease, isRunning));
        } catch (SystemCallException e) {
            return Optional.of(Diagnosis.notChecked(
                    CHECK,
                    "the lease cannot be read: " + e.getMessage(),
                    "run it as root, with CAP_BPF: udp-fanout status shows the lease"));
        }
    }

    static Diagnosis of(PinnedLease lease, boolean isRunning) {
        String listeners = lease.slots().size() + " leased listener(s)";
        if (!lease.isOver()) {
            return Diagnosis.ok(
                    CHECK,
                    listeners + " are served for "
                            + (isRunning
                                    ? "as long as the daemon runs, and "
                                            + lease.left().toSeconds() + " s after that"
                                    : lease.left().toSeconds() + " s more without a daemon"));
        }
        return Diagnosis.warning(
                CHECK,
                "the lease of " + listeners + " ran out "
                        + lease.left().negated().toSeconds() + " s ago",
                "the program passes their datagrams on, so kube-proxy gives all that one socket sends to one pod",
                isRunning
                        ? "the daemon has not compared the kernel's maps since then: udp-fanout status, and the daemon's log,"
                                + " say what hinders it"
                        : "start the daemon on this node; it renews the lease at once");
    }
}
