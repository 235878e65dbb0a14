package dev.udpfanout.lab.cluster.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a pod counts as ready, by what its readiness probe allows it: ready with the first good answer, and not ready
 * any more when {@code failureThreshold} probes in a row, {@code periodSeconds} apart, had none. Source:
 * pkg/kubelet/prober/worker.go. The lab asks more often than a kubelet, so that it sees every moment without an answer;
 * were the pod not ready at once, a DaemonSet's rollout would replace it beside the one under way.
 */
final class Readiness {
    /** Of Kubernetes, where the probe says nothing. */
    private static final int PERIOD_SECONDS = 10;

    private static final int FAILURE_THRESHOLD = 3;

    private final long patienceNanos;
    private long lastAnswerNanos;
    private boolean answers;
    private boolean ready;

    /** A pod that is not ready yet. */
    Readiness(Pod pod) {
        Optional<Probe> probe =
                Optional.ofNullable(pod.getSpec().getContainers().getFirst().getReadinessProbe());
        int period = probe.map(Probe::getPeriodSeconds).orElse(PERIOD_SECONDS);
        int threshold = probe.map(Probe::getFailureThreshold).orElse(FAILURE_THRESHOLD);
        patienceNanos = Duration.ofSeconds((long) period * (threshold - 1)).toNanos();
    }

    /**
     * Takes the result of a probe.
     *
     * @param nowNanos as {@link System#nanoTime}
     * @return whether the pod has just ceased to answer, ready or not
     */
    boolean ceases(boolean answered, long nowNanos) {
        boolean ceases = answers && !answered;
        answers = answered;
        if (answered) {
            lastAnswerNanos = nowNanos;
            ready = true;
        } else if (ready && nowNanos - lastAnswerNanos >= patienceNanos) {
            ready = false;
        }
        return ceases;
    }

    boolean isReady() {
        return ready;
    }
}
