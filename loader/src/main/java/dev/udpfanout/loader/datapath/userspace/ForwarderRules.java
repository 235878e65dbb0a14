package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.admission.SourcePrefix;
import dev.udpfanout.loader.config.Admission;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.RateLimit;
import dev.udpfanout.loader.control.SpreadPlan;
import java.util.List;
import java.util.Optional;

/** What a listener forwards at all, in the forwarder's terms. */
final class ForwarderRules {
    private ForwarderRules() {}

    /** Whether a listener's rules or its policy ask where datagrams come from. */
    static boolean askForSources(ListenerConfig listener) {
        return !listener.admission().allow().isEmpty()
                || ForwarderSpread.asksForSources(
                        SpreadPlan.of(listener.receivers().spreading(), List.of()));
    }

    /** By a pattern with all components: the compiler names this place when there is a further rule. */
    static dev.udpfanout.forwarder.admission.Admission admission(Admission rules) {
        return switch (rules) {
            case Admission(List<Prefix> allow, Optional<RateLimit> limit) ->
                new dev.udpfanout.forwarder.admission.Admission(
                        allow.stream()
                                .map(prefix -> new SourcePrefix(prefix.network(), prefix.bits()))
                                .toList(),
                        limit.map(each -> new dev.udpfanout.forwarder.admission.RateLimit(
                                each.packetsPerSecond(), each.burst())));
        };
    }
}
