package dev.udpfanout.bindings.rtnetlink.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AttributesTest {
    private static final int HEADER_BYTES = 16;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void shouldReadBackWhatTheBuilderWroteWhenTypesDiffer() {
        Attributes attributes = attributes(message -> message.putInt(1, -5)
                .putString(2, "eth0")
                .put(3, new byte[] {1, 2, 3})
                .nest(4, inner -> inner.nest(5, innermost -> innermost.putInt(6, 7))));
        assertEquals(OptionalInt.of(-5), attributes.number(1));
        assertEquals(Optional.of("eth0"), attributes.string(2));
        assertArrayEquals(
                new byte[] {1, 2, 3}, attributes.bytes(3).orElseThrow().toArray(ValueLayout.JAVA_BYTE));
        assertEquals(OptionalInt.of(7), attributes.nested(4).nested(5).number(6));
    }

    @Test
    void shouldFindNothingWhenAnAttributeIsAbsent() {
        Attributes attributes = attributes(message -> {});
        assertEquals(OptionalInt.empty(), attributes.number(1));
        assertEquals(Optional.empty(), attributes.string(1));
        assertEquals(OptionalInt.empty(), attributes.nested(1).number(1));
    }

    @Test
    void shouldTakeTheLastWhenATypeComesTwice() {
        assertEquals(
                OptionalInt.of(2),
                attributes(message -> message.putInt(1, 1).putInt(1, 2)).number(1));
    }

    @Test
    void shouldTakeAllBytesWhenAStringHasNoEnd() {
        assertEquals(
                Optional.of("ab"),
                attributes(message -> message.put(1, new byte[] {'a', 'b'})).string(1));
    }

    @Test
    void shouldRefuseWhenANumberIsTooShort() {
        Attributes attributes = attributes(message -> message.put(1, new byte[3]));
        assertThrows(MalformedMessageException.class, () -> attributes.number(1));
    }

    @Test
    void shouldRefuseWhenAnAttributeIsShorterThanItsHeader() {
        byte[] bytes = bytes(message -> message.putInt(1, 1));
        bytes[0] = 3;
        assertThrows(MalformedMessageException.class, () -> parse(bytes));
    }

    @Test
    void shouldRefuseWhenAnAttributeIsLongerThanTheMessage() {
        byte[] bytes = bytes(message -> message.putInt(1, 1));
        bytes[0] = 9;
        MalformedMessageException thrown = assertThrows(MalformedMessageException.class, () -> parse(bytes));
        assertTrue(thrown.getMessage().contains("says it has 9 bytes; there are 8"), thrown.getMessage());
    }

    private Attributes attributes(Consumer<MessageBuilder> body) {
        return parse(bytes(body));
    }

    private Attributes parse(byte[] bytes) {
        return Attributes.parse(NetlinkBytes.inNativeMemory(arena, bytes));
    }

    private static byte[] bytes(Consumer<MessageBuilder> body) {
        byte[] message = NetlinkBytes.message(1, 0, 1, body);
        return Arrays.copyOfRange(message, HEADER_BYTES, message.length);
    }
}
