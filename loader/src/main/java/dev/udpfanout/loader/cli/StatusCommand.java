package dev.udpfanout.loader.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout status}: asks a running daemon how it is. */
@Command(
        name = "status",
        description = "Prints what the daemon on this node does: listeners, endpoints, counters.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final int TIMEOUT_MS = 10_000;
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    @Option(
            names = "--metrics",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1:9090",
            description = "The daemon's metrics.bind; default: ${DEFAULT-VALUE}.")
    private String metrics;

    @Option(names = "--json", description = "Print the daemon's JSON as it is, for programs.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        URL url = url();
        try {
            byte[] page = read(url);
            JsonNode status = new ObjectMapper().readTree(page);
            out.print(
                    json
                            ? new String(page, StandardCharsets.UTF_8) + "\n"
                            : new StatusText(status, Instant.now()).toString());
            out.flush();
            return ExitCode.OK;
        } catch (IOException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("udp-fanout: no status from " + metrics + ": " + e.getMessage()
                    + " (is the daemon running, and is this its metrics.bind?)");
            err.flush();
            return ExitCode.FAILED;
        }
    }

    private URL url() {
        try {
            URI uri = new URI("http://" + metrics + "/status");
            if (uri.getHost() != null && uri.getPort() > 0 && uri.getPath().equals("/status")) {
                return uri.toURL();
            }
        } catch (URISyntaxException | MalformedURLException e) {
            // As below.
        }
        throw new CommandLine.ParameterException(
                spec.commandLine(), "--metrics: \"" + metrics + "\" is not ADDRESS:PORT");
    }

    private static byte[] read(URL url) throws IOException {
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
