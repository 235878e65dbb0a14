package dev.udpfanout.lab.differential.service;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** How many annotated Services a node's daemon serves, by its own page. */
public final class ServedServices {
    private static final URI STATUS = URI.create("http://127.0.0.1:9090/status");
    private static final int ANSWER_LIMIT_MS = 5_000;

    private ServedServices() {}

    /**
     * Waits until the daemon says that all are in force: with their endpoints, on all interfaces.
     *
     * @throws IllegalStateException with its page, if it does not say so in time
     */
    public static void await(LabNamespace node, int services, Duration limit) {
        String wanted = "\"served\":" + services + ",";
        if (!BoundedWait.until(() -> status(node).contains(wanted), limit)) {
            throw new IllegalStateException(node.name() + " does not serve " + services + " Services after "
                    + limit.toSeconds() + " s: " + status(node));
        }
    }

    /** The page, or why there is none. */
    private static String status(LabNamespace node) {
        return node.call(() -> {
            try {
                URLConnection connection = STATUS.toURL().openConnection();
                // One that is kept would be used for the next namespace's daemon too.
                connection.setRequestProperty("Connection", "close");
                connection.setConnectTimeout(ANSWER_LIMIT_MS);
                connection.setReadTimeout(ANSWER_LIMIT_MS);
                try (InputStream page = connection.getInputStream()) {
                    return new String(page.readAllBytes(), StandardCharsets.UTF_8);
                }
            } catch (IOException e) {
                return "no answer: " + e;
            }
        });
    }
}
