package dev.udpfanout.loader.health;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.status.HealthState;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and counts changes. When very many come at once, the first ones and their number have to do. */
final class ChangeLog {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);
    private static final int MAX_LINES = 20;

    private final LongAdder total = new LongAdder();

    void changed(List<HealthChange> changes) {
        total.add(changes.size());
        changes.stream().limit(MAX_LINES).forEach(ChangeLog::log);
        if (changes.size() > MAX_LINES) {
            LOG.atWarn().addKeyValue("changes", changes.size() - MAX_LINES).log("further endpoints went up or down");
        }
    }

    /** How many changes there have been; readable by any thread. */
    long total() {
        return total.sum();
    }

    private static void log(HealthChange change) {
        boolean isDown = change.to() == HealthState.DOWN;
        (isDown ? LOG.atWarn() : LOG.atInfo())
                .addKeyValue("endpoint", hostAndPort(change.endpoint()))
                .addKeyValue("was", change.from().label())
                .addKeyValue("reason", change.reason())
                .log(isDown ? "endpoint is down" : "endpoint is up");
    }

    /** An endpoint as log lines name it. */
    static String hostAndPort(InetSocketAddress endpoint) {
        return SocketAddressText.write(endpoint);
    }
}
