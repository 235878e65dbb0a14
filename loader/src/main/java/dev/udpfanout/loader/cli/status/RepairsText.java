package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.loader.cli.terminal.Printable;
import java.util.Map;
import java.util.stream.Collectors;

/** What the daemon has mended, in one line; pure. */
final class RepairsText {
    private RepairsText() {}

    /** Each kind with how often, and for how long at most it was gone; an older daemon says nothing of that. */
    static String of(JsonNode status) {
        JsonNode outages = status.path("repair_outages_ms");
        return status.path("repairs").properties().stream()
                .filter(count -> count.getValue().asLong() != 0)
                .map((Map.Entry<String, JsonNode> count) -> Printable.printable(count.getKey()) + " "
                        + count.getValue().asLong() + goneForAtMost(outages.path(count.getKey())))
                .collect(Collectors.joining(", "));
    }

    private static String goneForAtMost(JsonNode outageMillis) {
        return outageMillis.isMissingNode() ? "" : " (gone for at most %d ms)".formatted(outageMillis.asLong());
    }
}
