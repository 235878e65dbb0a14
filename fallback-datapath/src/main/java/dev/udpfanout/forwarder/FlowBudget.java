package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.ReplyLimits;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A forwarder's part of the process's descriptors, of which every flow takes one: bounded by what the process may open
 * (RLIMIT_NOFILE) less a reserve for all else, and by what other forwarders of the process have.
 */
final class FlowBudget {
    private static final Logger LOG = LoggerFactory.getLogger(FlowBudget.class);
    private static final int MIN_RESERVE = 256;
    private static final int RESERVED_PART = 8;

    private static int taken;

    private final int flows;
    private final int workers;
    private final Duration idle;
    private boolean hasEnded;

    private FlowBudget(int flows, int workers, Duration idle) {
        this.flows = flows;
        this.workers = workers;
        this.idle = idle;
    }

    /**
     * Takes as many as are wanted, or half of those that are left, with a warning: others may come.
     *
     * @throws ForwarderException if there is not one for each worker
     */
    static FlowBudget take(ReplyLimits wanted, int workers) {
        return take(wanted, workers, OpenFileLimit.read());
    }

    /** @param openFiles what the process may open */
    static synchronized FlowBudget take(ReplyLimits wanted, int workers, int openFiles) {
        int free = openFiles - Math.max(MIN_RESERVE, openFiles / RESERVED_PART) - taken;
        int flows = Math.min(Math.max(wanted.maxFlows(), workers), free / 2);
        if (flows < workers) {
            throw new ForwarderException("replies: a flow takes a socket, and of the " + openFiles
                    + " files that this process may open (RLIMIT_NOFILE) too few are left for " + workers
                    + " workers; raise the limit, for example with LimitNOFILE= or ulimit -n");
        }
        if (flows < wanted.maxFlows()) {
            LOG.warn(
                    "replies: {} flows at most instead of {}: this process may open {} files (RLIMIT_NOFILE)",
                    flows,
                    wanted.maxFlows(),
                    openFiles);
        }
        taken += flows;
        return new FlowBudget(flows, workers, wanted.idle());
    }

    /** One worker's share; at least one flow. */
    ReplyLimits share() {
        return new ReplyLimits(flows / workers, idle);
    }

    /** When the forwarder's sockets are closed. */
    void giveBack() {
        synchronized (FlowBudget.class) {
            if (!hasEnded) {
                hasEnded = true;
                taken -= flows;
            }
        }
    }
}
