package dev.udpfanout.bindings.rtnetlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_DUMP_INTR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_MULTI;
import static dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes.done;
import static dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes.error;
import static dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes.joined;
import static dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes.link;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilters;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class RtnetlinkSocketTest {
    private final ScriptedTransport transport = new ScriptedTransport();
    private final RtnetlinkSocket socket = new RtnetlinkSocket(transport, Duration.ofMillis(50));
    private final Links links = new Links(socket);

    @Test
    void shouldReturnLinksOfAllPartsWhenADumpComesInParts() {
        transport.answer(sequence -> List.of(
                joined(link(sequence, NLM_F_MULTI(), 1, "lo"), link(sequence, NLM_F_MULTI(), 2, "eth0")),
                link(sequence, NLM_F_MULTI(), 3, "eth1"),
                done(sequence, NLM_F_MULTI())));
        assertEquals(List.of("lo", "eth0", "eth1"), names());
    }

    @Test
    void shouldAskAgainWhenTheTableChangedDuringTheDump() {
        transport.answer(sequence ->
                List.of(joined(link(sequence, NLM_F_DUMP_INTR(), 1, "half"), done(sequence, NLM_F_DUMP_INTR()))));
        transport.answer(sequence -> List.of(joined(link(sequence, 0, 1, "whole"), done(sequence, 0))));
        assertEquals(List.of("whole"), names());
    }

    @Test
    void shouldGiveUpWhenTheTableChangesDuringEachDump() {
        for (int i = 0; i <= RtnetlinkSocket.MAX_DUMPS; i++) {
            transport.answer(sequence -> List.of(done(sequence, NLM_F_DUMP_INTR())));
        }
        assertEquals(Errno.EINTR, failure().errno());
        assertEquals(RtnetlinkSocket.MAX_DUMPS, transport.requestCount);
    }

    @Test
    void shouldSkipAnswersWhenTheyAreToAnEarlierRequest() {
        transport.answer(sequence -> List.of(
                joined(link(sequence - 1, 0, 9, "stale"), error(sequence - 1, 1, "")),
                done(sequence + 1, 0),
                joined(link(sequence, 0, 1, "lo"), done(sequence, 0))));
        assertEquals(List.of("lo"), names());
    }

    @Test
    void shouldNameRequestSubjectErrorAndKernelTextWhenTheKernelRefuses() {
        transport.answer(sequence -> List.of(error(sequence, Errno.ENOTSUP.number(), "Unknown device type")));
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> links.createDummy("dummy0"));
        assertEquals("RTM_NEWLINK on dummy0 type dummy: EOPNOTSUPP (Unknown device type)", thrown.getMessage());
        assertEquals(Errno.ENOTSUP, thrown.errno());
    }

    @Test
    void shouldNameTheLinkWhenARequestByIndexFails() {
        transport.answer(sequence -> List.of(error(sequence, Errno.EBUSY.number(), "")));
        transport.answer(sequence -> List.of(link(sequence, 0, 7, "eth7"), error(sequence, 0, "")));
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> links.setUp(7));
        assertEquals("RTM_SETLINK on eth7: EBUSY", thrown.getMessage());
    }

    @Test
    void shouldSayHowToMendItWhenAPrivilegeIsMissing() {
        transport.answer(sequence -> List.of(error(sequence, Errno.EPERM.number(), "")));
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> links.createBridge("br0"));
        assertEquals(
                "RTM_NEWLINK on br0 type bridge: EPERM (needs CAP_NET_ADMIN and CAP_BPF, or root)",
                thrown.getMessage());
    }

    @Test
    void shouldTimeOutWhenNothingComes() {
        assertEquals(
                "RTM_GETLINK on all links: ETIMEDOUT (no answer within 50 ms)",
                failure().getMessage());
    }

    @Test
    void shouldTimeOutWhenOnlyOthersAnswersComeWithoutEnd() {
        Transport babbling = new EndlessTransport(link(-1, 0, 1, "stale"));
        assertEquals(Errno.ETIMEDOUT, failureOf(babbling).errno());
    }

    @Test
    void shouldTimeOutWhenADumpHasNoEnd() {
        Transport babbling = new EndlessTransport(link(1, 0, 1, "lo"));
        assertEquals(Errno.ETIMEDOUT, failureOf(babbling).errno());
    }

    @Test
    void shouldReadToTheEndWhenAPartIsMalformed() {
        byte[] cutShort = link(1, 0, 1, "lo");
        cutShort[0] = 100;
        transport.answer(sequence -> List.of(cutShort, done(sequence, 0)));
        transport.answer(sequence -> List.of(joined(link(sequence, 0, 1, "lo"), done(sequence, 0))));
        assertEquals(
                "RTM_GETLINK on all links: EPROTO (a message at byte 0 says it has 100 bytes; there are 40)",
                failure().getMessage());
        assertEquals(List.of("lo"), names());
    }

    @Test
    void shouldReportTheFirstFailureWhenTheEndIsMissingToo() {
        transport.answer(sequence -> List.of(new byte[] {1, 2, 3}));
        assertEquals(Errno.EPROTO, failure().errno());
    }

    @Test
    void shouldReportTruncationWhenAnAnswerIsLongerThanTheBuffer() {
        transport.answer(
                sequence -> List.of(new byte[(int) NetlinkDescriptor.RECEIVE_BUFFER_BYTES + 4], done(sequence, 0)));
        assertEquals(
                "RTM_GETLINK on all links: EMSGSIZE (an answer of 65540 bytes, cut off at 65536)",
                failure().getMessage());
    }

    @Test
    void shouldFindNothingWhenTheKernelKnowsNoSuchLink() {
        transport.answer(sequence -> List.of(error(sequence, Errno.ENODEV.number(), "")));
        assertTrue(links.byName("eth0").isEmpty());
    }

    @Test
    void shouldSendNothingWhenANameIsImpossible() {
        assertThrows(IllegalArgumentException.class, () -> links.createBridge("a/b"));
        assertEquals(0, transport.requestCount);
    }

    @Test
    void shouldRefuseWhenTheIndexWouldMeanEveryLink() {
        assertThrows(IllegalArgumentException.class, () -> links.delete(0));
        assertEquals(0, transport.requestCount);
    }

    @Test
    void shouldRefuseToDeleteWhenTheHandleWouldMeanEveryFilter() {
        TcFilter classifier = new TcFilter(3, TcHook.INGRESS, 1, 3, 0, 0, "bpf", "", OptionalInt.empty());
        assertThrows(IllegalArgumentException.class, () -> new TcFilters(socket).delete(classifier));
        assertEquals(0, transport.requestCount);
    }

    @Test
    void shouldCloseOnceWhenClosedTwice() {
        socket.close();
        socket.close();
        assertEquals(1, transport.closeCount);
    }

    @Test
    void shouldSaySoWhenUsedAfterClose() {
        socket.close();
        assertThrows(IllegalStateException.class, links::all);
    }

    private List<String> names() {
        return links.all().stream().map(Link::name).toList();
    }

    private SystemCallException failure() {
        return assertThrows(SystemCallException.class, links::all);
    }

    private static SystemCallException failureOf(Transport transport) {
        Links links = new Links(new RtnetlinkSocket(transport, Duration.ofMillis(20)));
        return assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThrows(SystemCallException.class, links::all));
    }

    private record EndlessTransport(byte[] datagram) implements Transport {
        @Override
        public void send(MemorySegment message) {}

        @Override
        public long receive(MemorySegment buffer, long timeoutNanos) {
            MemorySegment.copy(datagram, 0, buffer, ValueLayout.JAVA_BYTE, 0, datagram.length);
            return datagram.length;
        }

        @Override
        public void close() {}
    }
}
