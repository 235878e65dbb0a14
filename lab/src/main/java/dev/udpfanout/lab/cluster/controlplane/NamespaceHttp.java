package dev.udpfanout.lab.cluster.controlplane;

import dev.udpfanout.lab.LabNamespace;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.util.concurrent.Executors;

/**
 * HTTP from inside a namespace, for this process, which is outside of it: a connection belongs to the namespace of the
 * thread that opens it, and the JDK's client opens connections on its executor's threads.
 */
public final class NamespaceHttp extends JdkHttpClientFactory {
    private final LabNamespace namespace;

    /** @param namespace where connections begin */
    public NamespaceHttp(LabNamespace namespace) {
        this.namespace = namespace;
    }

    /** A client for requests of the lab's own. */
    public HttpClient client() {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        additionalConfig(builder);
        return builder.build();
    }

    @Override
    protected void additionalConfig(HttpClient.Builder builder) {
        builder.executor(Executors.newCachedThreadPool(task -> namespace.thread("http", task)));
    }
}
