package dev.udpfanout.loader.kubernetes.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.time.Duration;

/** Connections to the API server, over the JDK's own HTTP client. */
public final class KubernetesClients {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Long enough never to happen: that a watch is gone is noticed before, and {@code ResourceWatch} starts another.
     */
    private static final Duration WATCH_RECONNECT = Duration.ofMinutes(1);

    private KubernetesClients() {}

    /**
     * A client for the cluster that this pod runs in, or else for the one that the kubeconfig file names. Nothing is
     * asked of the API server yet, so that this does not fail without one.
     *
     * @return the caller's to close, when nobody uses it any more
     */
    public static KubernetesClient connect() {
        return connect(Config.autoConfigure(null));
    }

    /** As {@link #connect()}, for a cluster that is known already. */
    public static KubernetesClient connect(Config cluster) {
        Config config = new ConfigBuilder(cluster)
                .withConnectionTimeout((int) CONNECT_TIMEOUT.toMillis())
                .withRequestTimeout((int) REQUEST_TIMEOUT.toMillis())
                .withWatchReconnectInterval((int) WATCH_RECONNECT.toMillis())
                // Whoever asks retries, with a back-off of its own.
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new LimitedClients())
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor(AnswerLimit.NAME, new AnswerLimit()))
                .build();
    }

    /** Whose answers and messages of watches have a bound. */
    private static final class LimitedClients extends JdkHttpClientFactory {
        @Override
        protected HttpClient.Builder createNewHttpClientBuilder() {
            return new LimitedHttpClientBuilder(super.createNewHttpClientBuilder());
        }
    }
}
