package dev.udpfanout.bindings.rtnetlink.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.bindings.generated.rtnetlink.nlmsghdr;
import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class MessageBuilderTest {
    @Test
    void shouldWriteHeaderInHostOrderWhenFinished() {
        byte[] written = NetlinkBytes.message(0x1234, 0x0305, 0x0A0B0C0D, message -> {});
        ByteBuffer header = ByteBuffer.wrap(written).order(ByteOrder.nativeOrder());
        assertEquals(16, header.getInt());
        assertEquals(0x1234, header.getShort());
        assertEquals(0x0305, header.getShort());
        assertEquals(0x0A0B0C0D, header.getInt());
        assertEquals(0, header.getInt());
    }

    @Test
    void shouldPadWithZerosWhenAnAttributeHasAnOddLength() {
        byte[] written = NetlinkBytes.message(
                1, 0, 1, message -> message.put(5, new byte[] {7}).putInt(6, 8));
        ByteBuffer attributes = ByteBuffer.wrap(written, 16, 16).slice().order(ByteOrder.nativeOrder());
        assertEquals(32, written.length);
        assertEquals(5, attributes.getShort(0));
        assertEquals(5, attributes.getShort(2));
        assertEquals(7, attributes.getInt(4));
        assertEquals(8, attributes.getShort(8));
        assertEquals(6, attributes.getShort(10));
        assertEquals(8, attributes.getInt(12));
    }

    @Test
    void shouldCoverItsContentWhenAnAttributeIsNested() {
        byte[] written =
                NetlinkBytes.message(1, 0, 1, message -> message.nest(3, inner -> inner.putString(1, "dummy")));
        ByteBuffer attributes = ByteBuffer.wrap(written, 16, 16).slice().order(ByteOrder.nativeOrder());
        assertEquals(16, attributes.getShort(0));
        assertEquals((short) (3 | 1 << 15), attributes.getShort(2));
        assertEquals(4 + 6, attributes.getShort(4));
        byte[] text = new byte[6];
        attributes.get(8, text);
        assertArrayEquals(new byte[] {'d', 'u', 'm', 'm', 'y', 0}, text);
    }

    @Test
    void shouldStartAttributesAtFourBytesWhenTheStructIsInBetween() {
        byte[] written = NetlinkBytes.message(1, 0, 1, message -> {
            rtmsg.rtm_dst_len(message.struct(rtmsg.layout()), (byte) 32);
            message.putInt(15, 254);
        });
        assertEquals(nlmsghdr.sizeof() + rtmsg.sizeof() + 8, written.length);
        assertEquals(32, written[17]);
    }

    @Test
    void shouldRefuseWhenTheMessageIsTooLong() {
        try (Arena arena = Arena.ofConfined()) {
            MessageBuilder builder = new MessageBuilder(arena, 1, 0, 1);
            byte[] value = new byte[(int) MessageBuilder.CAPACITY_BYTES];
            assertThrows(IllegalStateException.class, () -> builder.put(1, value));
        }
    }

    @Test
    void shouldReturnOnlyWhatWasWrittenWhenFinished() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment finished = new MessageBuilder(arena, 1, 0, 1).finished();
            assertEquals(16, finished.byteSize());
        }
    }
}
