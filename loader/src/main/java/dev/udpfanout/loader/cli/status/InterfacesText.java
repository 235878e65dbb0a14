package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;

/** By which interfaces a listener's datagrams come. */
final class InterfacesText {
    private InterfacesText() {}

    /** All of them; where the listener lacks some only, those are pointed out. */
    static String of(JsonNode listener) {
        boolean isShadowed = listener.path("interfaces")
                .valueStream()
                .anyMatch(each -> !StatusText.string(each, "shadowed_by").isEmpty());
        if (listener.path("interfaces").isEmpty() || (!listener.path("attached").asBoolean() && !isShadowed)) {
            return StatusText.string(listener, "interface");
        }
        return listener.path("interfaces")
                .valueStream()
                .map(each -> StatusText.string(each, "name") + remark(each))
                .collect(Collectors.joining(", "));
    }

    private static String remark(JsonNode each) {
        String shadowedBy = StatusText.string(each, "shadowed_by");
        String behind = StatusText.string(each, "behind");
        if (!shadowedBy.isEmpty()) {
            return " (SHADOWED BY " + shadowedBy + ")";
        }
        if (!each.path("attached").asBoolean()) {
            return " (NOT ATTACHED)";
        }
        return behind.isEmpty() ? "" : " (behind " + behind + ")";
    }
}
