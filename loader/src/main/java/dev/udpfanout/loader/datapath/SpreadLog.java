package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.SpreadPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator is told of a spread plan, whichever datapath carries it out. */
public final class SpreadLog {
    private static final Logger LOG = LoggerFactory.getLogger(SpreadLog.class);

    private SpreadLog() {}

    /** Warns where a plan serves some of the endpoints only. */
    public static void warnOfLeftOut(ReceiverSet set, int endpoints, SpreadPlan plan) {
        if (plan.leftOut() > 0) {
            LOG.atWarn()
                    .addKeyValue("listener_id", set.idInLog())
                    .addKeyValue("endpoints", endpoints)
                    .addKeyValue("copies", Policy.MAX_COPIES)
                    .log("too many receivers for copies of each datagram; the last ones get none");
        }
    }
}
