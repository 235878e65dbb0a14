package dev.udpfanout.loader.datapath.probe;

import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.probe.Finding.Need;
import java.util.List;
import java.util.Optional;

/**
 * What this kernel and this process can do, as found just now.
 *
 * @param findings in the order in which they were looked at: what others depend on comes first
 */
public record ProbeReport(List<Finding> findings) {
    public ProbeReport {
        findings = List.copyOf(findings);
    }

    /** The datapath that a listener of mode {@code auto} would get. */
    public String mode() {
        return kernelRefusal().isEmpty() ? ListenerState.TC_EBPF : ListenerState.USERSPACE;
    }

    /** Why it is not the kernel's; empty if it is. */
    public Optional<String> kernelRefusal() {
        Optional<Finding> missing = findings.stream()
                .filter(finding ->
                        finding.need() == Need.KERNEL && !finding.support().isSupported())
                .findFirst();
        if (missing.isPresent()) {
            return missing.map(ProbeReport::describe);
        }
        List<Finding> attachments = findings.stream()
                .filter(finding -> finding.need() == Need.KERNEL_ATTACHMENT)
                .toList();
        // Where no scratch interface could be made, the attempt at start-up is what tells.
        boolean possible =
                attachments.stream().anyMatch(finding -> !finding.answer().equals("no"));
        return possible || attachments.isEmpty() ? Optional.empty() : Optional.of(describe(attachments.getLast()));
    }

    private static String describe(Finding finding) {
        return finding.capability() + ": " + finding.why();
    }
}
