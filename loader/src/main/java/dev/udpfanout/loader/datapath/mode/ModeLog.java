package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerState;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which listeners have changed their datapath, and counts those that had to. */
final class ModeLog {
    private static final Logger LOG = LoggerFactory.getLogger(ModeLog.class);

    private final AtomicLong count = new AtomicLong();

    /** How many listeners have fallen back so far, as a kind of repair. Any thread. */
    Map<String, Long> repairs() {
        return Map.of("userspace_fallback", count.get());
    }

    /** Reports and counts the listeners that have fallen back to user space. */
    void fallbacks(ModeAssignment before, ModeAssignment assignment) {
        for (ListenerConfig listener : assignment.inUserspace()) {
            if (assignment.isFallback(listener.name()) && !before.isFallback(listener.name())) {
                count.incrementAndGet();
                LOG.atWarn()
                        .addKeyValue("listener_id", listener.id())
                        .addKeyValue("reason", assignment.reason(listener.name()))
                        .log("falling back to userspace datapath");
            }
        }
    }

    /** Reports the listeners that are served elsewhere than before. */
    void moves(ModeAssignment before, ModeAssignment assignment) {
        for (ListenerConfig listener : assignment.listeners()) {
            boolean isInUserspace = assignment.isInUserspace(listener.name());
            if (before.has(listener.name()) && isInUserspace != before.isInUserspace(listener.name())) {
                LOG.atInfo()
                        .addKeyValue("listener_id", listener.id())
                        .addKeyValue("mode", isInUserspace ? ListenerState.USERSPACE : ListenerState.TC_EBPF)
                        .addKeyValue("reason", assignment.reason(listener.name()))
                        .log("switched datapath");
            }
        }
    }
}
