package dev.udpfanout.loader.doctor.attach;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether the program is on each interface that the daemon has found for annotated Services: of those where it is not,
 * the names, why, and the mend. Pure.
 */
public final class FoundInterfacesCheck {
    private static final String CHECK = "found_interfaces";
    private static final String MEANING = "kube-proxy alone serves what comes in by them, by flow";

    /** Of one cause: a node has an interface for each pod. */
    private static final int MOST_NAMED = 8;

    private FoundInterfacesCheck() {}

    /** @return one finding for each cause, or that all is well; nothing if the daemon has found none */
    public static List<Diagnosis> of(DaemonStatus daemon) {
        List<DaemonStatus.FoundInterface> all = daemon.foundInterfaces();
        if (all.isEmpty()) {
            return List.of();
        }
        Map<String, List<DaemonStatus.FoundInterface>> byFault = all.stream()
                .filter(each -> each.attachment().isEmpty())
                .collect(Collectors.groupingBy(
                        DaemonStatus.FoundInterface::fault, LinkedHashMap::new, Collectors.toList()));
        List<Diagnosis> found = new ArrayList<>();
        byFault.forEach((fault, without) -> found.add(fault.isEmpty() ? late(without) : failed(fault, without)));
        if (found.isEmpty()) {
            found.add(Diagnosis.ok(
                    CHECK, "the program is on " + all.size() + " interface(s) found for annotated Services"));
        }
        return found;
    }

    private static Diagnosis late(List<DaemonStatus.FoundInterface> without) {
        return Diagnosis.warning(
                CHECK,
                "the program is not on " + names(without) + " yet",
                MEANING,
                "wait a moment, and ask again: the daemon has found them, and attaches the program to one after the other");
    }

    private static Diagnosis failed(String fault, List<DaemonStatus.FoundInterface> without) {
        String name = without.getFirst().name();
        return Diagnosis.problem(
                CHECK,
                "the program cannot be attached to " + names(without) + ": " + fault,
                MEANING,
                mend(fault, name) + "; the daemon tries again with each comparison");
    }

    private static String mend(String fault, String name) {
        if (fault.contains("ERANGE")) {
            return "others have all places of its TCX hook (63): bpftool net show dev " + name
                    + " lists them; have one of them go";
        }
        if (fault.contains("ENOMEM")) {
            return "the node, or the daemon's control group, has no memory for it: raise the memory limit of the DaemonSet";
        }
        if (fault.contains("EPERM") || fault.contains("EACCES")) {
            return "give the daemon CAP_BPF and CAP_NET_ADMIN, as the manifests do";
        }
        return "bpftool net show dev " + name + ", and tc qdisc show dev " + name + " show what stands there already";
    }

    private static String names(List<DaemonStatus.FoundInterface> interfaces) {
        String named = interfaces.stream()
                .limit(MOST_NAMED)
                .map(each -> each.name() + " (" + each.reason() + ")")
                .collect(Collectors.joining(", "));
        int others = interfaces.size() - MOST_NAMED;
        return others > 0 ? named + " and " + others + " others" : named;
    }
}
