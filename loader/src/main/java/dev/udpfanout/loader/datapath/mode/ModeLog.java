package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.SpreadNote;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

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
                        .addKeyValue("listener_id", listener.idInLog())
                        .addKeyValue("reason", assignment.reason(listener.name()))
                        .log("falling back to userspace datapath");
            }
        }
    }

    /** Reports both. */
    void changed(ModeAssignment before, ModeAssignment assignment) {
        fallbacks(before, assignment);
        moves(before, assignment);
    }

    /** Reports the listeners that are served elsewhere than before. */
    private void moves(ModeAssignment before, ModeAssignment assignment) {
        for (ListenerConfig listener : assignment.listeners()) {
            boolean isInUserspace = assignment.isInUserspace(listener.name());
            if (before.has(listener.name()) && isInUserspace != before.isInUserspace(listener.name())) {
                String mode = isInUserspace ? ListenerState.USERSPACE : ListenerState.TC_EBPF;
                String spreads = SpreadNote.of(listener.receivers().spreading(), mode);
                LoggingEventBuilder line = LOG.atInfo()
                        .addKeyValue("listener_id", listener.idInLog())
                        .addKeyValue("mode", mode)
                        .addKeyValue("reason", assignment.reason(listener.name()));
                (spreads.isEmpty() ? line : line.addKeyValue("spreads", spreads)).log("switched datapath");
            }
        }
    }
}
