package dev.udpfanout.bindings.abi.endpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class PeerEntryTest {
    @Test
    void shouldHaveTheAddressesAsInAnEthernetHeaderWhenWritten() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = new PeerEntry(1450, "02:75:66:00:2a:0b", "02:75:66:00:2a:01").write(arena);
            assertEquals(1450, value.get(ValueLayout.JAVA_INT, 0));
            assertArrayEquals(
                    new byte[] {2, 0x75, 0x66, 0, 0x2a, 0x0b, 2, 0x75, 0x66, 0, 0x2a, 1},
                    Arrays.copyOfRange(value.toArray(ValueLayout.JAVA_BYTE), 4, 16));
        }
    }

    @Test
    void shouldRefuseAnAddressThatIsNotEthernets() {
        try (Arena arena = Arena.ofConfined()) {
            PeerEntry infiniband =
                    new PeerEntry(1450, "00:00:00:48:fe:80:00:00:00:00:00:01:02:03:04:05:06:07:08:09", "");
            assertThrows(IllegalArgumentException.class, () -> infiniband.write(arena));
        }
    }
}
