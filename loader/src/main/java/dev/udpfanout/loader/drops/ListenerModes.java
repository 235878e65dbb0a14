package dev.udpfanout.loader.drops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * In which mode each listener is served, as a page of status has it.
 *
 * @param modes by the listener's name
 */
public record ListenerModes(Map<String, String> modes) {
    private static final String USERSPACE = "userspace";

    /** Empty modes are left out: what is pinned does not tell. */
    public static ListenerModes of(JsonNode status) {
        Map<String, String> modes = new TreeMap<>();
        for (JsonNode listener : status.path("listeners")) {
            String mode = listener.path("mode").asText();
            if (!mode.isEmpty()) {
                modes.put(listener.path("name").asText(), mode);
            }
        }
        return new ListenerModes(modes);
    }

    /** Whether any listener is served by the kernel program. */
    public boolean hasKernel() {
        return modes.values().stream().anyMatch(mode -> !mode.equals(USERSPACE));
    }

    /** Whether any is served in user space. */
    public boolean hasUserspace() {
        return modes.containsValue(USERSPACE);
    }

    /** The new mode of those that are served in another one now. */
    public Map<String, String> since(ListenerModes before) {
        Map<String, String> changed = new TreeMap<>();
        modes.forEach((name, mode) -> {
            if (!mode.equals(before.modes.getOrDefault(name, mode))) {
                changed.put(name, mode);
            }
        });
        return changed;
    }
}
