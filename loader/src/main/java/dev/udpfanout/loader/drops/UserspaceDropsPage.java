package dev.udpfanout.loader.drops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;

/**
 * The daemon's page of datagrams that it drops in user space, read on from where it was read before. For one thread.
 */
public final class UserspaceDropsPage {
    private static final int TIMEOUT_MS = 5_000;
    private static final int MAX_BYTES = 8 * 1024 * 1024;
    private static final long NOTHING_READ = -1;

    private final URL status;
    private long next = NOTHING_READ;
    private long seenBefore;
    private long seen;

    /** @param status the daemon's page of its status, which stands beside it */
    public UserspaceDropsPage(URL status) {
        this.status = status;
    }

    /**
     * What was dropped since the call before, the oldest first; nothing at the first call, which begins the watch.
     *
     * @throws IOException if there is no daemon, or it is an earlier version, which has no such page
     */
    public List<DropText> read() throws IOException {
        JsonNode page = fetch();
        long total = page.path("seen").asLong();
        // A daemon that has been started again counts from 0.
        boolean isAnother = page.path("next").asLong() < next || total < seenBefore;
        if (next != NOTHING_READ) {
            seen += isAnother ? total : total - seenBefore;
        }
        seenBefore = total;
        next = page.path("next").asLong();
        List<DropText> drops = new ArrayList<>();
        page.path("drops").forEach(drop -> drops.add(DropText.ofUserspace(drop)));
        return drops;
    }

    /** Datagrams that were dropped in user space since the watch began. */
    public long seen() {
        return seen;
    }

    private JsonNode fetch() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        try (InputStream page = connection.getInputStream()) {
            return new ObjectMapper().readTree(page.readNBytes(MAX_BYTES));
        } catch (FileNotFoundException e) {
            throw new IOException("the daemon is an earlier version, which has no page /drops", e);
        } finally {
            connection.disconnect();
        }
    }

    private URL url() throws IOException {
        try {
            return new URI("http", status.getAuthority(), "/drops", "from=" + next, null).toURL();
        } catch (URISyntaxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
