package dev.udpfanout.lab.cluster.controlplane;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The store behind the API server, on its namespace's loopback, and etcd's gRPC gateway in JSON to ask it. */
final class Etcd {
    static final String URL = "http://127.0.0.1:2379";

    private static final String PEER_URL = "http://127.0.0.1:2380";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern REVISION = Pattern.compile("\"revision\":\"(\\d+)\"");

    private final HttpClient http;

    /** Starts it; it ends with the namespace. */
    Etcd(KubernetesRelease release, LabNamespace namespace, Path data) {
        http = new NamespaceHttp(namespace).client();
        LabProcess process = namespace.start(
                release.program("etcd"),
                "--data-dir=" + data,
                "--listen-client-urls=" + URL,
                "--advertise-client-urls=" + URL,
                "--listen-peer-urls=" + PEER_URL,
                "--initial-advertise-peer-urls=" + PEER_URL,
                "--initial-cluster=default=" + PEER_URL,
                "--unsafe-no-fsync");
        process.awaitLine("ready to serve client requests", ControlPlane.START_LIMIT);
    }

    /**
     * Forgets all that was before, as etcd does in a cluster every five minutes: whoever asks for changes since an
     * earlier revision is told 410 Gone.
     */
    void compact() {
        long revision =
                revision(post("/v3/kv/put", "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(base64("lab"), base64("x"))));
        post("/v3/kv/compaction", "{\"revision\":\"%d\",\"physical\":true}".formatted(revision));
    }

    private String post(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(URL + path))
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = NamespaceHttp.send(http, request);
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("etcd, " + path + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException("etcd, " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while etcd was asked", e);
        }
    }

    private static long revision(String json) {
        Matcher found = REVISION.matcher(json);
        if (!found.find()) {
            throw new IllegalStateException("etcd named no revision: " + json);
        }
        return Long.parseLong(found.group(1));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
