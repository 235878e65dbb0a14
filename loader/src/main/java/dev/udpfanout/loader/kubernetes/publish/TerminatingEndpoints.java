package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.Release;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Whether kube-proxy sends what still arrives on a node to an endpoint of it that has been withdrawn, and serves:
 * ProxyTerminatingEndpoints, KEP-1669, which is on by default from 1.26 on. Before it, kube-proxy drops that, and
 * connection tracking may keep a sender lost after the endpoint is ready again.
 */
public final class TerminatingEndpoints {
    private static final Release FIRST = new Release(1, 26);

    private TerminatingEndpoints() {}

    /** Asks the API server; true if it refuses to tell, or does not tell in time. */
    public static boolean areServedIn(KubernetesClient client, Duration timeout) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(areServedBy(client.getKubernetesVersion()));
            } catch (RuntimeException e) {
                answer.complete(true);
            }
        });
        return answer.completeOnTimeout(true, timeout.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    /** @param version the API server's; null if it is not known */
    static boolean areServedBy(VersionInfo version) {
        return Release.of(version).map(release -> !release.isBefore(FIRST)).orElse(true);
    }
}
