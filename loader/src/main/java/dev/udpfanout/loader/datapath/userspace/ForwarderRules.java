package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.admission.Admission;
import dev.udpfanout.forwarder.admission.RateLimit;
import dev.udpfanout.forwarder.admission.SourcePrefix;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Policy;

/** What a listener forwards at all, in the forwarder's terms. */
final class ForwarderRules {
    private ForwarderRules() {}

    /** Whether a listener's rules or its policy ask where datagrams come from. */
    static boolean askForSources(ListenerConfig listener) {
        return !listener.admission().allow().isEmpty() || listener.receivers().policy() == Policy.HASH;
    }

    static Admission admission(ListenerConfig listener) {
        return new Admission(
                listener.admission().allow().stream()
                        .map(prefix -> new SourcePrefix(prefix.network(), prefix.bits()))
                        .toList(),
                listener.admission().rateLimit().map(limit -> new RateLimit(limit.packetsPerSecond(), limit.burst())));
    }
}
