package dev.udpfanout.loader.doctor.facts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.config.MetricsConfig;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What the daemon of this node says of itself, on its page {@code /status}.
 *
 * @param isRunning whether a daemon runs in this network namespace
 * @param place where its page was asked for; empty if the configuration has no pages
 * @param page the page; empty if it did not answer
 * @param failure why it did not; empty if it did
 */
public record DaemonStatus(boolean isRunning, String place, Optional<JsonNode> page, String failure) {
    private static final int TIMEOUT_MS = 5_000;
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    /**
     * Asks for it.
     *
     * @param holdsLock whether some process holds the node's lock, which a daemon has
     */
    public static DaemonStatus ask(MetricsConfig metrics, boolean holdsLock) {
        if (!metrics.enabled()) {
            return new DaemonStatus(holdsLock, "", Optional.empty(), "metrics.enabled is false");
        }
        InetSocketAddress bind = metrics.bind();
        InetAddress address = bind.getAddress().isAnyLocalAddress() ? loopback(bind) : bind.getAddress();
        String place =
                (address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress())
                        + ":" + bind.getPort();
        try {
            JsonNode page = new ObjectMapper().readTree(read(place));
            boolean isStatus = page.has("version") && page.has("listeners");
            return isStatus
                    ? new DaemonStatus(true, place, Optional.of(page), "")
                    : new DaemonStatus(holdsLock, place, Optional.empty(), "another program answers there");
        } catch (FileNotFoundException | JsonProcessingException e) {
            // HTTP 404, or a page that is no JSON: of the first, the message is the address alone.
            return new DaemonStatus(holdsLock, place, Optional.empty(), "another program answers there");
        } catch (IOException e) {
            return new DaemonStatus(holdsLock, place, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private static InetAddress loopback(InetSocketAddress bind) {
        return InetAddress.ofLiteral(bind.getAddress() instanceof Inet6Address ? "::1" : "127.0.0.1");
    }

    private static byte[] read(String place) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + place + "/status").toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        try (InputStream page = connection.getInputStream()) {
            return page.readNBytes(MAX_BYTES);
        } finally {
            connection.disconnect();
        }
    }

    /** What it says of a listener; empty if it has none of that name, or did not answer. */
    public Optional<JsonNode> listener(String name) {
        return page.stream()
                .flatMap(status -> status.path("listeners").valueStream())
                .filter(listener -> listener.path("name").asText().equals(name))
                .findFirst();
    }

    /**
     * An interface that it has found for annotated Services.
     *
     * @param name its name
     * @param role what comes in by it: {@code "vips"} or {@code "pods"}
     * @param reason why it is one of these
     * @param attachment how the program is there; empty if it is not
     * @param fault why it is not, if attaching it has failed; else empty
     */
    public record FoundInterface(String name, String role, String reason, String attachment, String fault) {}

    /** All that it has found. */
    public List<FoundInterface> foundInterfaces() {
        return page.stream()
                .flatMap(status -> status.path("services").path("interfaces").valueStream())
                .map(each -> new FoundInterface(
                        each.path("name").asText(),
                        each.path("role").asText(),
                        each.path("reason").asText(),
                        each.path("attachment").asText(),
                        each.path("fault").asText()))
                .toList();
    }

    /**
     * The names of those of a role.
     *
     * @param group what stands for them in a listener: {@code "services:vips"} or {@code "services:pods"}
     */
    public List<String> interfacesOf(String group) {
        String role = group.substring(group.indexOf(':') + 1);
        return foundInterfaces().stream()
                .filter(each -> each.role().equals(role))
                .map(FoundInterface::name)
                .toList();
    }

    /** Whether it answers and is not ready. */
    public Optional<String> notReady() {
        return page.filter(status -> !status.path("ready").asBoolean())
                .map(status -> status.path("not_ready_reason").asText());
    }
}
