package dev.udpfanout.loader.endtoend;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.udpfanout.lab.LabNamespace;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Asks the daemon of a namespace for its pages, on 127.0.0.1:9090. */
public final class AdminClient {
    private static final int PORT = 9090;
    private static final int TIMEOUT_MILLIS = 5_000;

    private final LabNamespace node;

    public AdminClient(LabNamespace node) {
        this.node = node;
    }

    /** An endpoint of {@code /status}. */
    public record Endpoint(String name, String address, boolean active) {}

    /** A page's body. */
    public String page(String path) {
        return node.call(() -> fetch(path));
    }

    /** A page's status code. */
    public int code(String path) {
        return Integer.parseInt(node.call(() -> exchange(path)).split(" ", 3)[1]);
    }

    /** As {@link #page}, for a thread that is in the namespace already. */
    public static String fetch(String path) throws IOException {
        String response = exchange(path);
        int head = response.indexOf("\r\n\r\n");
        if (head < 0) {
            throw new EOFException("the answer to " + path + " ends after " + response.length() + " characters");
        }
        return response.substring(head + 4);
    }

    private static String exchange(String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", PORT)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A metric's value; if it has labels, the sum. */
    public double metric(String name) {
        Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + "(?:\\{[^}]*})? (\\S+)$")
                .matcher(page("/metrics"));
        return matcher.results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .reduce(Double::sum)
                .orElseThrow(() -> new IllegalStateException("no metric " + name));
    }

    /** A metric's values by one of its labels, summed over the others. */
    public Map<String, Long> metricBy(String label, String name) {
        return Pattern.compile("(?m)^" + Pattern.quote(name) + "\\{[^}]*?\\b" + label + "=\"([^\"]*)\"[^}]*} (\\S+)$")
                .matcher(page("/metrics"))
                .results()
                .collect(Collectors.toMap(
                        found -> found.group(1), found -> (long) Double.parseDouble(found.group(2)), Long::sum));
    }

    /** The addresses in force, of all listeners. */
    public List<String> activeEndpoints() {
        return endpoints(page("/status")).stream()
                .filter(Endpoint::active)
                .map(Endpoint::address)
                .toList();
    }

    /** The endpoints of a {@code /status} page, of all listeners. */
    public static List<Endpoint> endpoints(String status) {
        List<Endpoint> endpoints = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(status)) {
            while (parser.nextToken() != null) {
                if ("endpoints".equals(parser.currentName()) && parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        endpoints.add(endpoint(parser));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(status, e);
        }
        return endpoints;
    }

    private static Endpoint endpoint(JsonParser parser) throws IOException {
        String name = "";
        String address = "";
        boolean active = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "name" -> name = parser.getText();
                case "address" -> address = parser.getText();
                case "active" -> active = parser.getBooleanValue();
                default -> {}
            }
        }
        return new Endpoint(name, address, active);
    }
}
