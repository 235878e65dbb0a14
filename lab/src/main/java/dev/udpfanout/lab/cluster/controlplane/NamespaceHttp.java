package dev.udpfanout.lab.cluster.controlplane;

import dev.udpfanout.lab.LabNamespace;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutionException;
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

    /**
     * Sends a request by such a client. {@link HttpClient#send} would not do: it opens a connection on the calling
     * thread, which is not in the namespace, and only a second attempt on the executor's (HttpClientImpl.sendAsync in
     * the JDK).
     *
     * @param request with a time-out
     */
    public static HttpResponse<String> send(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        try {
            return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().toString(), e.getCause());
        }
    }

    @Override
    protected void additionalConfig(HttpClient.Builder builder) {
        builder.executor(Executors.newCachedThreadPool(task -> namespace.thread("http", task)));
    }
}
