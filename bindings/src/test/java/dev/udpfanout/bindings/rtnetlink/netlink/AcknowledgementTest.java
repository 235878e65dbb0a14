package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSGERR_ATTR_MSG;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_DONE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_ERROR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_ACK_TLVS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.generated.rtnetlink.nlmsgerr;
import dev.udpfanout.bindings.generated.rtnetlink.nlmsghdr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AcknowledgementTest {
    private static final StructLayout ERRNO = MemoryLayout.structLayout(ValueLayout.JAVA_INT);

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void shouldBeSuccessWhenTheErrorIsZero() {
        assertTrue(decode(NetlinkBytes.error(1, 0, "")).isSuccess());
    }

    @Test
    void shouldHaveErrnoAndTextWhenTheRequestIsNotEchoed() {
        Acknowledgement acknowledgement = decode(NetlinkBytes.error(1, 17, "taken"));
        assertEquals(new Acknowledgement(Errno.EEXIST, "taken"), acknowledgement);
    }

    @Test
    void shouldFindTheTextBehindTheEchoWhenTheRequestIsEchoed() {
        Acknowledgement acknowledgement = decode(NetlinkBytes.message(NLMSG_ERROR(), NLM_F_ACK_TLVS(), 1, message -> {
            MemorySegment error = message.struct(nlmsgerr.layout());
            nlmsgerr.error(error, -22);
            nlmsghdr.nlmsg_len(nlmsgerr.msg(error), 16 + 6);
            message.struct(MemoryLayout.structLayout(MemoryLayout.sequenceLayout(6, ValueLayout.JAVA_BYTE)));
            message.putString(NLMSGERR_ATTR_MSG(), "bad prefix");
        }));
        assertEquals(new Acknowledgement(Errno.EINVAL, "bad prefix"), acknowledgement);
    }

    @Test
    void shouldRefuseWhenTheEchoIsLongerThanTheError() {
        byte[] bytes = NetlinkBytes.message(NLMSG_ERROR(), NLM_F_ACK_TLVS(), 1, message -> {
            MemorySegment error = message.struct(nlmsgerr.layout());
            nlmsgerr.error(error, -22);
            nlmsghdr.nlmsg_len(nlmsgerr.msg(error), -1);
        });
        assertThrows(MalformedMessageException.class, () -> decode(bytes));
    }

    @Test
    void shouldRefuseWhenTheErrorIsCutShort() {
        byte[] bytes = NetlinkBytes.message(NLMSG_ERROR(), 0, 1, message -> message.struct(ERRNO));
        assertThrows(MalformedMessageException.class, () -> decode(bytes));
    }

    @Test
    void shouldHaveErrnoAndTextWhenADumpEndsWithAnError() {
        Acknowledgement acknowledgement = decode(NetlinkBytes.message(NLMSG_DONE(), NLM_F_ACK_TLVS(), 1, message -> {
            message.struct(ERRNO).set(ValueLayout.JAVA_INT, 0, -2);
            message.putString(NLMSGERR_ATTR_MSG(), "no table");
        }));
        assertEquals(new Acknowledgement(Errno.ENOENT, "no table"), acknowledgement);
    }

    @Test
    void shouldBeSuccessWhenADumpEndsWithoutAnErrorField() {
        assertTrue(
                decode(NetlinkBytes.message(NLMSG_DONE(), 0, 1, message -> {})).isSuccess());
    }

    private Acknowledgement decode(byte[] bytes) {
        return Acknowledgement.decode(
                Message.parse(NetlinkBytes.inNativeMemory(arena, bytes)).getFirst());
    }
}
