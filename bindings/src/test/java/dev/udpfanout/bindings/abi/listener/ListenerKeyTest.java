package dev.udpfanout.bindings.abi.listener;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerKeyTest {
    @Property
    void shouldReadBackWhatWasWritten(
            @ForAll int ifindex, @ForAll @IntRange(min = 1, max = 65535) int port, @ForAll @Size(4) byte[] address)
            throws Exception {
        ListenerKey key = new ListenerKey(ifindex, InetAddress.getByAddress(address), port);
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(key, ListenerKey.read(key.write(arena)));
        }
    }

    @Test
    void shouldBeInNetworkByteOrderWhenWritten() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = new ListenerKey(0, InetAddress.getByName("10.255.0.1"), 0x158a)
                    .write(arena)
                    .toArray(ValueLayout.JAVA_BYTE);
            assertEquals(24, bytes.length);
            assertEquals(0x15, bytes[4]);
            assertEquals((byte) 0x8a, bytes[5]);
            assertArrayEquals(
                    new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, -1, 0, 1},
                    java.util.Arrays.copyOfRange(bytes, 8, 24));
        }
    }

    @Test
    void shouldPutTheCountInFrontWhenWritingATable() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = EndpointTable.write(
                    arena, List.of(new InetSocketAddress("10.42.0.11", 0x9e42)), endpoint -> 5, endpoint -> 6, 7);
            assertEquals(2L * EndpointTable.ELEMENT_BYTES, table.byteSize());
            assertEquals(1, table.get(ValueLayout.JAVA_INT, 0));
            assertEquals(7, table.get(ValueLayout.JAVA_INT, 4));
            assertEquals((byte) 11, table.get(ValueLayout.JAVA_BYTE, EndpointTable.ELEMENT_BYTES + 15));
            assertEquals(5, table.get(ValueLayout.JAVA_INT, EndpointTable.ELEMENT_BYTES + 20));
            assertEquals(6, table.get(ValueLayout.JAVA_INT, EndpointTable.ELEMENT_BYTES + 28));
            assertEquals((byte) 0x9e, table.get(ValueLayout.JAVA_BYTE, EndpointTable.ELEMENT_BYTES + 16));
        }
    }
}
