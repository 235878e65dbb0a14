package dev.udpfanout.loader.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What happens to the daemon's process and its file. */
final class DaemonFaults {
    private static final int PER_FLOW_AND_SECOND = Traffic.PER_SECOND / 2;

    /** While the kernel makes or removes a clsact qdisc, it stops the link's queues: see docs/architecture.md. */
    private static final long LOST_BY_A_QDISC = 200;

    /** On a machine that is busy with other things, the start of a JVM takes long; datagrams do not wait for it. */
    static final int RESTARTED_SECONDS = 60;

    private DaemonFaults() {}

    static List<Fault> all() {
        List<Fault> all = new ArrayList<>(List.of(
                Fault.lossless("kill -9, restart", RESTARTED_SECONDS, DaemonFaults::kill),
                Fault.lossless("SIGTERM, restart", RESTARTED_SECONDS, DaemonFaults::terminate),
                Fault.lossless("SIGSTOP, SIGCONT", 15, DaemonFaults::stop),
                Fault.lossless("SIGHUP", 10, DaemonFaults::hangUp)));
        all.addAll(reloads());
        return all;
    }

    /** Changes of its file. */
    static List<Fault> reloads() {
        return List.of(
                Fault.lossless("reload: policy", 10, (lab, random) -> lab.daemon()
                        .configure(lab.daemon().config().withOtherPolicy())),
                Fault.lossless("reload: hook of dummy0", 10, (lab, random) -> lab.daemon()
                        .configure(lab.daemon().config().withOtherHook())),
                Fault.lossless("reload: refused file", 10, DaemonFaults::refusedFile),
                new Fault(
                        "reload: TCX and clsact swapped",
                        LOST_BY_A_QDISC,
                        NodeDaemon.LIMIT,
                        false,
                        (lab, random) ->
                                lab.daemon().configure(lab.daemon().config().withAttachSwapped())));
    }

    private static void kill(NodeLab lab, Random random) {
        lab.daemon().end("KILL");
        lab.traffic().awaitSent(random.nextInt(PER_FLOW_AND_SECOND));
        lab.daemon().start();
    }

    private static void terminate(NodeLab lab, Random random) {
        lab.daemon().end("TERM");
        lab.traffic().awaitSent(random.nextInt(PER_FLOW_AND_SECOND));
        lab.daemon().start();
    }

    private static void stop(NodeLab lab, Random random) {
        lab.daemon().signal("STOP");
        lab.traffic().awaitSent(PER_FLOW_AND_SECOND + random.nextInt(2 * PER_FLOW_AND_SECOND));
        lab.daemon().signal("CONT");
    }

    /** It watches its file by itself: the signal is neither needed nor does it end anything. */
    private static void hangUp(NodeLab lab, Random random) {
        lab.daemon().signal("HUP");
        lab.traffic().awaitSent(PER_FLOW_AND_SECOND / 2);
        if (!lab.daemon().isAlive()) {
            throw new IllegalStateException("SIGHUP has ended the daemon");
        }
    }

    private static void refusedFile(NodeLab lab, Random random) {
        lab.daemon().truncateFile();
        lab.traffic().awaitSent(random.nextInt(PER_FLOW_AND_SECOND));
        lab.daemon().restoreFile();
    }
}
