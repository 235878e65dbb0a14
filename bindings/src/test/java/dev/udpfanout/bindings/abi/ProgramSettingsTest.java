package dev.udpfanout.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.generated.abi.uf_settings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ProgramSettingsTest {
    @Test
    void shouldLeaveTheOtherSettingsAsTheyAreWhenItDrawsTheSecret() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment section = uf_settings.allocate(arena);
            new ProgramSettings(2, Duration.ofSeconds(30), true, false).writeTo(section, new SplittableRandom(7));

            assertEquals(2, uf_settings.cpus(section));
            assertEquals(1, uf_settings.has_coarse_clock(section));
            assertEquals(30_000_000_000L, uf_settings.flow_idle_ns(section));
            assertEquals(0, uf_settings.has_interface_groups(section));
            SplittableRandom same = new SplittableRandom(7);
            MemorySegment secret = uf_settings.index_secret(section);
            for (int i = 0; i < secret.byteSize() / Long.BYTES; i++) {
                assertEquals(same.nextLong(), secret.getAtIndex(ValueLayout.JAVA_LONG, i));
            }
        }
    }
}
