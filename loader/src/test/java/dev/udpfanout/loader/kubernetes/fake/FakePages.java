package dev.udpfanout.loader.kubernetes.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists in pages, as an API server gives them: {@code limit} and {@code continue}, in the order of names. */
final class FakePages {
    private static final Pattern LIMIT = Pattern.compile("[?&]limit=(\\d+)");
    private static final Pattern CONTINUE = Pattern.compile("[?&]continue=(\\d+)-(\\d+)");

    private final ObjectMapper json = new ObjectMapper();
    private final Map<Integer, Listing> listings = new ConcurrentHashMap<>();
    private final AtomicInteger nextListing = new AtomicInteger();

    private record Listing(ObjectNode head, List<JsonNode> items) {}

    /** The page that is asked for, of the list that the usual answer is; that itself if it is no list. */
    MockResponse page(RecordedRequest request, Supplier<MockResponse> usual) {
        String path = request.getPath();
        Matcher limit = LIMIT.matcher(path);
        if (!request.getMethod().equals("GET") || path.contains("watch=true") || !limit.find()) {
            return usual.get();
        }
        Matcher next = CONTINUE.matcher(path);
        try {
            if (next.find()) {
                return page(Integer.parseInt(next.group(1)), Integer.parseInt(next.group(2)), limit);
            }
            MockResponse whole = usual.get();
            if (whole.code() != 200
                    || !(json.readTree(whole.getBody().readUtf8()) instanceof ObjectNode list)
                    || !(list.remove("items") instanceof ArrayNode items)) {
                return usual.get();
            }
            List<JsonNode> sorted = new ArrayList<>();
            items.forEach(sorted::add);
            sorted.sort(Comparator.comparing(item -> item.at("/metadata/name").asText()));
            int listing = nextListing.incrementAndGet();
            listings.put(listing, new Listing(list, sorted));
            return page(listing, 0, limit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MockResponse page(int listing, int from, Matcher limit) throws IOException {
        Listing all = listings.get(listing);
        int to = Math.min(all.items().size(), from + Integer.parseInt(limit.group(1)));
        ObjectNode page = all.head().deepCopy();
        page.putArray("items").addAll(all.items().subList(from, to));
        if (to < all.items().size()) {
            page.withObject("/metadata").put("continue", listing + "-" + to);
        } else {
            listings.remove(listing);
        }
        return new MockResponse().setResponseCode(200).setBody(json.writeValueAsString(page));
    }
}
