package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes.inNativeMemory;
import static dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes.joined;
import static dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.generated.rtnetlink.tcmsg;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class MessageTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void shouldSplitMessagesWhenOneHasAnOddLength() {
        List<Message> messages = parse(
                joined(message(20, 2, 7, builder -> builder.put(1, new byte[] {1})), message(21, 0, 8, builder -> {})));
        assertEquals(List.of(20, 21), messages.stream().map(Message::type).toList());
        assertEquals(List.of(7, 8), messages.stream().map(Message::sequence).toList());
        assertTrue(messages.getFirst().has(2));
    }

    @Test
    void shouldFindNothingWhenTheDatagramIsEmpty() {
        assertTrue(parse(new byte[0]).isEmpty());
    }

    @Test
    void shouldSayWhereWhenAHeaderIsCutShort() {
        byte[] whole = joined(message(20, 0, 1, builder -> {}), message(21, 0, 1, builder -> {}));
        MalformedMessageException thrown =
                assertThrows(MalformedMessageException.class, () -> parse(Arrays.copyOf(whole, 16 + 15)));
        assertEquals("a message header is cut short: 15 bytes at byte 16", thrown.getMessage());
    }

    @Test
    void shouldRefuseWhenTheLengthIsShorterThanAHeader() {
        byte[] bytes = message(20, 0, 1, builder -> {});
        bytes[0] = 15;
        assertThrows(MalformedMessageException.class, () -> parse(bytes));
    }

    @Test
    void shouldRefuseWhenTheLengthIsZero() {
        assertThrows(MalformedMessageException.class, () -> parse(new byte[32]));
    }

    @Test
    void shouldRefuseWhenTheLengthIsNegativeAsASignedNumber() {
        byte[] bytes = message(20, 0, 1, builder -> {});
        Arrays.fill(bytes, 0, 4, (byte) 0xFF);
        assertThrows(MalformedMessageException.class, () -> parse(bytes));
    }

    @Test
    void shouldSayWhatIsMissingWhenTheStructIsCutShort() {
        Message message =
                parse(message(20, 0, 1, builder -> builder.put(1, new byte[0]))).getFirst();
        MalformedMessageException thrown =
                assertThrows(MalformedMessageException.class, () -> message.attributes(tcmsg.layout()));
        assertEquals("a message of type 20 has 4 bytes; tcmsg needs 20", thrown.getMessage());
    }

    private List<Message> parse(byte[] bytes) {
        return Message.parse(inNativeMemory(arena, bytes));
    }
}
