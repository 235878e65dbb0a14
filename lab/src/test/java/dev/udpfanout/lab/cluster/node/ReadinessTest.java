package dev.udpfanout.lab.cluster.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pod that once does not answer is as ready to a DaemonSet's controller as a kubelet would say. */
@Tag("unit")
class ReadinessTest {
    private static long at(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    /** As the manifests have it. */
    private static Pod probed() {
        return new PodBuilder()
                .withNewSpec()
                .addNewContainer()
                .withNewReadinessProbe()
                .withPeriodSeconds(5)
                .withFailureThreshold(2)
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
    }

    @Test
    void shouldBeReadyWithTheFirstAnswerAndNotBefore() {
        Readiness readiness = new Readiness(probed());
        readiness.ceases(false, at(0));
        assertFalse(readiness.isReady());
        readiness.ceases(true, at(200));
        assertTrue(readiness.isReady());
    }

    @Test
    void shouldStayReadyAsLongAsAKubeletWouldGoOnAsking() {
        Readiness readiness = new Readiness(probed());
        readiness.ceases(true, at(0));
        assertTrue(readiness.ceases(false, at(200)), "it tells of the first missing answer");
        assertFalse(readiness.ceases(false, at(4_900)), "once");
        assertTrue(readiness.isReady());
        readiness.ceases(true, at(4_950));
        readiness.ceases(false, at(9_900));
        assertTrue(readiness.isReady(), "an answer begins anew");
        readiness.ceases(false, at(9_950));
        assertFalse(readiness.isReady());
        readiness.ceases(true, at(10_000));
        assertTrue(readiness.isReady());
    }

    @Test
    void shouldTakeKubernetesDefaultsWhereThePodSaysNothing() {
        Readiness readiness = new Readiness(new PodBuilder()
                .withNewSpec()
                .addNewContainer()
                .endContainer()
                .endSpec()
                .build());
        readiness.ceases(true, at(0));
        readiness.ceases(false, at(19_900));
        assertTrue(readiness.isReady());
        readiness.ceases(false, at(20_000));
        assertFalse(readiness.isReady());
    }
}
