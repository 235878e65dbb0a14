package dev.udpfanout.bindings.abi.admission;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

@Tag("unit")
class AllowedSourcePropertyTest {
    private static AllowedSource throughTheMap(AllowedSource source) {
        try (Arena arena = Arena.ofConfined()) {
            return AllowedSource.read(source.write(arena));
        }
    }

    @Property
    void shouldReadBackWhatWasWrittenWhenItIsIpv4(
            @ForAll int slot, @ForAll @Size(4) byte[] address, @ForAll @IntRange(max = 32) int bits) throws Exception {
        AllowedSource source = new AllowedSource(slot, InetAddress.getByAddress(address), bits);
        assertEquals(source, throughTheMap(source));
    }

    @Property
    void shouldReadBackWhatWasWrittenWhenItIsIpv6(
            @ForAll int slot, @ForAll @Size(16) byte[] address, @ForAll @IntRange(max = 128) int bits)
            throws Exception {
        address[0] |= 1;
        AllowedSource source = new AllowedSource(slot, InetAddress.getByAddress(address), bits);
        assertEquals(source, throughTheMap(source));
    }

    @Example
    void shouldKeepTheWholeFamiliesApart() {
        for (String any : new String[] {"0.0.0.0", "::"}) {
            AllowedSource source = new AllowedSource(7, InetAddress.ofLiteral(any), 0);
            assertEquals(source, throughTheMap(source));
        }
    }

    @Example
    void shouldCountSlotAndMappingIntoThePrefixWhenWritten() {
        try (Arena arena = Arena.ofConfined()) {
            assertArrayEquals(
                    new int[] {32 + 96 + 8, 3},
                    new AllowedSource(3, InetAddress.ofLiteral("10.0.0.0"), 8)
                            .write(arena)
                            .asSlice(0, 8)
                            .toArray(ValueLayout.JAVA_INT));
        }
    }
}
