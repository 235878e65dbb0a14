package dev.udpfanout.loader.chaos;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.chaos.machine.ResourceLimits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the daemon runs short of, and its clock. */
final class ResourceFaults {
    private static final int PER_FLOW_AND_SECOND = Traffic.PER_SECOND / 2;
    private static final int CPU_PERCENT = 2;
    private static final int PAGES = 200;

    private ResourceFaults() {}

    static List<Fault> all(boolean hasLimits) {
        List<Fault> faults = new ArrayList<>(List.of(
                Fault.lossless("disk full, kill -9", DaemonFaults.RESTARTED_SECONDS, ResourceFaults::fullDisk),
                Fault.lossless("clock a day ahead and back", 20, (lab, random) -> jump(lab, Duration.ofDays(1))),
                Fault.lossless("clock a day back and ahead", 20, (lab, random) -> jump(lab, Duration.ofDays(-1)))));
        if (hasLimits) {
            faults.add(Fault.lossless("cgroup: 2 % of a CPU", 30, ResourceFaults::littleCpu));
            faults.add(Fault.lossless(
                    "cgroup: out of memory", DaemonFaults.RESTARTED_SECONDS, ResourceFaults::littleMemory));
        }
        return faults;
    }

    private static void fullDisk(NodeLab lab, Random random) throws IOException {
        lab.disk().fill();
        lab.daemon().end("KILL");
        lab.daemon().start();
        lab.disk().free();
    }

    private static void jump(NodeLab lab, Duration by) throws IOException {
        lab.clock().shift(by);
        lab.daemon().configure(lab.daemon().config().withOtherPolicy());
        Duration wrong = Duration.between(Instant.now(), lab.daemon().lastConfigured());
        if (wrong.minus(by).abs().compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalStateException("the daemon's clock is wrong by " + wrong + ", not by " + by);
        }
        lab.traffic().awaitSent(PER_FLOW_AND_SECOND);
        lab.clock().shift(Duration.ZERO);
    }

    private static void littleCpu(NodeLab lab, Random random) {
        ResourceLimits limits = lab.limits().orElseThrow();
        limits.cpuPercent(CPU_PERCENT);
        lab.traffic().awaitSent(PER_FLOW_AND_SECOND + random.nextInt(PER_FLOW_AND_SECOND));
        limits.cpuUnlimited();
    }

    /** The kernel kills it, or takes away all it can; a kubelet starts it again. */
    private static void littleMemory(NodeLab lab, Random random) {
        ResourceLimits limits = lab.limits().orElseThrow();
        limits.memoryPercent(30 + random.nextInt(40));
        for (int page = 0; page < PAGES && lab.daemon().isAlive(); page++) {
            lab.daemon().page("/metrics");
        }
        limits.memoryUnlimited();
        // Who is being killed does not answer any more, but is there for a moment.
        BoundedWait.until(
                () -> !lab.daemon().isAlive() || lab.daemon().page("/healthz").startsWith("ok"), NodeDaemon.LIMIT);
        if (!lab.daemon().isAlive()) {
            lab.daemon().start();
        }
    }
}
