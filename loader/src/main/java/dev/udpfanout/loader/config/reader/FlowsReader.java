package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.yaml.Section;
import java.time.Duration;

/** Reads {@code flows}, and a listener's {@code replies}. */
final class FlowsReader {
    private static final String REPLIES = "replies";

    private FlowsReader() {}

    static FlowsConfig read(Section section) {
        FlowsConfig flows = new FlowsConfig(
                section.wholeNumber("max", FlowsConfig.DEFAULT.max(), FlowsConfig.MIN_FLOWS, FlowsConfig.MAX_FLOWS),
                Duration.ofSeconds(section.wholeNumber(
                        "idle_timeout_secs",
                        (int) FlowsConfig.DEFAULT.idleTimeout().toSeconds(),
                        1,
                        FlowsConfig.MAX_IDLE_SECONDS)));
        section.refuseUnknownKeys();
        return flows;
    }

    static boolean replies(Section listener, Policy policy) {
        boolean replies = listener.flag(REPLIES, false);
        if (replies && policy.copies()) {
            listener.problem(
                    REPLIES,
                    "replies does not work with policy: replicate, because a client takes one answer; use another"
                            + " policy, or remove replies");
        }
        return replies;
    }
}
