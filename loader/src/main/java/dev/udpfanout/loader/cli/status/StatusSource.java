package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.daemon.NodeLock;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedLease;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedListener;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedState;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where the status comes from: the daemon, or, if it does not answer, what it has pinned. */
public final class StatusSource {
    /** How the words of {@code "daemon"} begin where there is one, which does not answer. */
    static final String RUNS = "runs";

    private static final int TIMEOUT_MS = 10_000;
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private final String metrics;
    private final URL url;
    private final Path pins;

    /**
     * @param metrics the daemon's address, for errors
     * @param url its page
     * @param pins where it has its pins
     */
    public StatusSource(String metrics, URL url, Path pins) {
        this.metrics = metrics;
        this.url = url;
        this.pins = pins;
    }

    /**
     * The daemon's page.
     *
     * @param metrics its {@code metrics.bind}
     * @throws ParameterException if that is no address with a port
     */
    public static URL url(String metrics, CommandLine commandLine) {
        try {
            URI uri = new URI("http://" + metrics + "/status");
            if (uri.getHost() != null && uri.getPort() > 0 && uri.getPath().equals("/status")) {
                return uri.toURL();
            }
        } catch (URISyntaxException | MalformedURLException e) {
            // As below.
        }
        throw new ParameterException(commandLine, "--metrics: \"" + metrics + "\" is not ADDRESS:PORT");
    }

    /**
     * The status at a moment.
     *
     * @param page what it was read from, for programs
     * @param isFromDaemon whether it is from the daemon
     */
    public record Reading(JsonNode page, String text, boolean isFromDaemon) {}

    /** @throws IOException if neither says anything; the message says why, and what to do */
    public Reading read() throws IOException {
        IOException failure;
        try {
            byte[] page = fetch();
            return new Reading(new ObjectMapper().readTree(page), new String(page, StandardCharsets.UTF_8), true);
        } catch (IOException e) {
            failure = e;
        }
        Optional<List<PinnedListener>> pinned;
        Optional<PinnedLease> lease;
        try {
            pinned = PinnedState.read(pins);
            lease = PinnedLease.read(pins);
        } catch (SystemCallException e) {
            throw new IOException(complaint(failure) + "; what is pinned cannot be read: " + e.getMessage(), e);
        }
        if (pinned.isEmpty()) {
            throw new IOException(complaint(failure) + "; nothing is pinned in " + pins, failure);
        }
        JsonNode page = PinnedStatusJson.of(pinned.get(), lease, daemon(failure));
        return new Reading(page, page.toString(), false);
    }

    private String complaint(IOException failure) {
        return "no status from " + metrics + ": " + failure.getMessage()
                + " (is the daemon running, and is this its metrics.bind?)";
    }

    private String daemon(IOException failure) {
        return NodeLock.holder()
                .map(pid -> RUNS + (pid == 0 ? "" : " as process " + pid) + ", but gives no status at " + metrics + ": "
                        + failure.getMessage() + "; is this its metrics.bind?")
                .orElse("does not run");
    }

    private byte[] fetch() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        try (InputStream page = connection.getInputStream()) {
            return page.readNBytes(MAX_BYTES);
        } finally {
            connection.disconnect();
        }
    }
}
