package dev.udpfanout.loader.drops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerModesTest {
    private static ListenerModes modes(String first, String second) throws IOException {
        return ListenerModes.of(new ObjectMapper().readTree("""
                {"listeners": [{"name": "dns", "mode": "%s"}, {"name": "syslog", "mode": "%s"}]}
                """.formatted(first, second)));
    }

    @Test
    void shouldNameOnlyThoseThatAreServedInAnotherModeNow() throws IOException {
        ListenerModes before = modes("tc_ebpf", "tc_ebpf");
        ListenerModes after = modes("tc_ebpf", "userspace");
        assertEquals(Map.of("syslog", "userspace"), after.since(before));
        assertEquals(Map.of(), after.since(after));
        assertEquals(Map.of(), after.since(new ListenerModes(Map.of())));
    }

    @Test
    void shouldTellWhichDatapathsAreAtWork() throws IOException {
        assertFalse(modes("tc_ebpf", "tc_ebpf").hasUserspace());
        assertTrue(modes("tc_ebpf", "userspace").hasUserspace());
        assertTrue(modes("tc_ebpf", "userspace").hasKernel());
        assertFalse(modes("userspace", "userspace").hasKernel());
    }
}
