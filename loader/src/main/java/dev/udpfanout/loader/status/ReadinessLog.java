package dev.udpfanout.loader.status;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when the daemon becomes ready, as {@code /readyz} does, and when it is not any more. Belongs to one thread. */
public final class ReadinessLog {
    private static final Logger LOG = LoggerFactory.getLogger(ReadinessLog.class);

    private Readiness last = Readiness.notReady("");

    /**
     * Takes note.
     *
     * @param listeners how many there are
     */
    public void turned(Readiness now, int listeners) {
        if (now.equals(last) || now.equals(Readiness.STOPPING)) {
            return;
        }
        if (now.ready()) {
            LOG.atInfo().addKeyValue("listeners", listeners).log("ready");
        } else {
            LOG.atWarn().addKeyValue("reason", now.reason()).log("not ready");
        }
        last = now;
    }
}
