package dev.udpfanout.loader.config.reader;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.yaml.Section;

/** What does not go together with {@code policy: replicate}. */
final class ReplicationCheck {
    private ReplicationCheck() {}

    static void check(ListenerConfig listener, Section section) {
        if (!listener.receivers().policy().copies()) {
            return;
        }
        if (listener.isOnDummyInterface() && listener.hook() == Hook.EGRESS) {
            section.problem(
                    "policy",
                    "replicate needs hook: ingress: copies go back in at ingress, where hook: egress has no program");
        }
        int receivers = listener.receivers().downstream().size();
        if (receivers > Limits.MAX_COPIES) {
            section.problem(
                    "policy",
                    "replicate makes at most " + Limits.MAX_COPIES + " copies, and there are " + receivers
                            + " receivers");
        }
    }
}
