package dev.udpfanout.loader.doctor.way;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.facts.ServedListener.Receiver;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the daemon's probes succeed, and whether anybody is left who gets datagrams. Pure. */
public final class EndpointUseCheck {
    private static final String PROBE = "endpoint_probe";
    private static final String USE = "endpoint_use";
    private static final String UP = "up";
    private static final String DOWN = "down";
    /** So many receivers are named. */
    private static final int EXAMPLES = 3;

    private EndpointUseCheck() {}

    /** Nothing where no daemon says anything of receivers. */
    public static Optional<Diagnosis> of(ServedListener listener) {
        List<Receiver> receivers = listener.receivers();
        List<Receiver> down =
                receivers.stream().filter(each -> each.health().equals(DOWN)).toList();
        boolean isAnyInUse = listener.hasOthersInUse() || receivers.stream().anyMatch(Receiver::isActive);
        if (!down.isEmpty()) {
            return Optional.of(failing(receivers.size(), down, isAnyInUse));
        }
        if (!isAnyInUse && !receivers.isEmpty()) {
            return Optional.of(
                    Diagnosis.problem(
                            USE,
                            "none of " + receivers.size() + " receivers is in use, and no probe has taken them out",
                            "datagrams are dropped as no_endpoints, and the node is not ready",
                            "weight: 0 drains a receiver: give one another weight, in the file or by its EndpointSlice's annotation"
                                    + " udp-fanout.dev/weight. Otherwise udp-fanout status and the daemon's log say what is amiss"));
        }
        long up = receivers.stream().filter(each -> each.health().equals(UP)).count();
        return up == 0
                ? Optional.empty()
                : Optional.of(Diagnosis.ok(PROBE, "the daemon's probes of " + up + " receivers succeed"));
    }

    private static Diagnosis failing(int all, List<Receiver> down, boolean isAnyInUse) {
        String finding = "the daemon's probes of " + down.size() + " of " + all + " receivers fail: "
                + down.stream()
                        .limit(EXAMPLES)
                        .map(each -> each.label() + (each.probeError().isEmpty() ? "" : " (" + each.probeError() + ")"))
                        .collect(Collectors.joining(", "))
                + (down.size() > EXAMPLES ? " and others" : "");
        String mend = "are they alive, and do they answer what health asks for (protocol, port, path)? Where nothing"
                + " answers probes: health: { enabled: false }";
        if (!isAnyInUse) {
            return Diagnosis.problem(
                    PROBE,
                    finding,
                    "none is left, and datagrams are dropped as no_endpoints (health.on_all_unhealthy: drop)",
                    mend);
        }
        return Diagnosis.warning(
                PROBE,
                finding,
                down.size() == all
                        ? "all of them get datagrams, alive or not, as none is left (health.on_all_unhealthy: forward)"
                        : "they get no datagrams until probes succeed",
                mend);
    }
}
