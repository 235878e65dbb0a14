package dev.udpfanout.loader.doctor.daemon;

import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether what is pinned outlives the daemon. */
public final class BpffsCheck {
    private static final String CHECK = "bpffs";

    private BpffsCheck() {}

    /** @param pinDirectory where the daemon pins */
    public static Diagnosis of(Path pinDirectory) {
        Path place = Pins.placeOf(pinDirectory);
        String why;
        try {
            if (Files.getFileStore(place).type().equals("bpf")) {
                return Diagnosis.ok(CHECK, place + " is a bpffs");
            }
            why = "it is no bpffs";
        } catch (IOException e) {
            why = "it cannot be looked at (" + e.getMessage() + ")";
        }
        return Diagnosis.warning(
                CHECK,
                "nothing can be pinned at " + place + ": " + why,
                "forwarding ends with the daemon, and each restart is a gap",
                "mount -t bpf bpf /sys/fs/bpf on the node, and mount it into the pod as the DaemonSet does");
    }
}
