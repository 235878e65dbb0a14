package dev.udpfanout.bindings.rtnetlink.tc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class TcKernelTest {
    /** A classic BPF program of one instruction: match. */
    private static final String MATCH_ALL = "1,6 0 0 4294967295,";

    private static final int ETH_P_ALL = 0x0003;
    private static final int ETH_P_IP = 0x0800;

    private static TestNamespace namespace;
    private static RtnetlinkSocket socket;
    private static Qdiscs qdiscs;
    private static TcFilters filters;
    private int link;

    @BeforeAll
    static void create() {
        namespace = TestNamespace.create();
        socket = namespace.socket();
        qdiscs = new Qdiscs(socket);
        filters = new TcFilters(socket);
    }

    @AfterAll
    static void remove() {
        socket.close();
        namespace.close();
    }

    @BeforeEach
    void addLink() {
        link = new Links(socket).createBridge("br0").index();
    }

    @AfterEach
    void deleteLink() {
        new Links(socket).delete(link);
    }

    @Test
    void shouldShowInTcWhenAClsactIsAdded() {
        qdiscs.addClsact(link);
        assertTrue(namespace.tc("qdisc", "show", "dev", "br0").contains("qdisc clsact ffff: parent ffff:fff1"));
        assertEquals(List.of(new Qdisc(link, 0xFFFF0000, 0xFFFFFFF1, "clsact")), qdiscs.of(link));
    }

    @Test
    void shouldBeGoneFromTcWhenTheClsactIsDeleted() {
        namespace.tc("qdisc", "add", "dev", "br0", "clsact");
        qdiscs.deleteClsact(link);
        assertEquals("", namespace.tc("qdisc", "show", "dev", "br0", "clsact"));
        assertEquals(List.of(), qdiscs.of(link));
    }

    @Test
    void shouldSayThatItExistsWhenThereIsAClsact() {
        qdiscs.addClsact(link);
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> qdiscs.addClsact(link));
        assertEquals(Errno.EEXIST, thrown.errno());
        assertTrue(thrown.getMessage().startsWith("RTM_NEWQDISC on clsact dev br0: EEXIST"), thrown.getMessage());
    }

    @Test
    void shouldSaySoWhenThereIsNoClsactToDelete() {
        SystemCallException thrown = assertThrows(SystemCallException.class, () -> qdiscs.deleteClsact(link));
        assertTrue(thrown.getMessage().startsWith("RTM_DELQDISC on clsact dev br0: "), thrown.getMessage());
    }

    @Test
    void shouldLeaveAnIngressQdiscAloneWhenAskedToDeleteAClsact() {
        namespace.tc("qdisc", "add", "dev", "br0", "ingress");
        assertThrows(SystemCallException.class, () -> qdiscs.deleteClsact(link));
        assertTrue(namespace.tc("qdisc", "show", "dev", "br0").contains("qdisc ingress"));
        assertFalse(qdiscs.of(link).getFirst().isClsact());
    }

    @Test
    void shouldListOtherLinksQdiscsOnlyWhenAskedForAll() {
        qdiscs.addClsact(link);
        int other = new Links(socket).createBridge("br1").index();
        try {
            qdiscs.addClsact(other);
            assertEquals(2, qdiscs.all().stream().filter(Qdisc::isClsact).count());
            assertEquals(1, qdiscs.of(other).size());
        } finally {
            new Links(socket).delete(other);
        }
    }

    @Test
    void shouldListFiltersOfTheHookWhenTcAddedThem() {
        qdiscs.addClsact(link);
        addFilter("ingress", "protocol", "all", "prio", "7");
        addFilter("ingress", "protocol", "ip", "prio", "8", "handle", "0x5");
        addFilter("egress", "protocol", "all", "prio", "1", "chain", "3");
        assertEquals(
                List.of(filter(TcHook.INGRESS, 7, ETH_P_ALL, 1, 0), filter(TcHook.INGRESS, 8, ETH_P_IP, 5, 0)),
                filters.of(link, TcHook.INGRESS));
        assertEquals(List.of(filter(TcHook.EGRESS, 1, ETH_P_ALL, 1, 3)), filters.of(link, TcHook.EGRESS));
    }

    @Test
    void shouldFindNothingWhenThereIsNoClsactOrNoLink() {
        assertEquals(List.of(), filters.of(link, TcHook.INGRESS));
        assertEquals(List.of(), filters.of(999_999, TcHook.INGRESS));
    }

    @Test
    void shouldListFiltersWhenTheyHangOnAnIngressQdisc() {
        namespace.tc("qdisc", "add", "dev", "br0", "ingress");
        namespace.tc("filter", "add", "dev", "br0", "parent", "ffff:", "prio", "3", "bpf", "bytecode", MATCH_ALL);
        addFilter("ingress", "prio", "4", "handle", "0x1");
        assertEquals(
                List.of(filter(TcHook.INGRESS, 3, ETH_P_ALL, 1, 0), filter(TcHook.INGRESS, 4, ETH_P_ALL, 1, 0)),
                filters.of(link, TcHook.INGRESS));
        assertEquals(List.of(), filters.of(link, TcHook.EGRESS), "a qdisc that has no such hook");
    }

    @Test
    void shouldLeaveTheOthersWhenOneOfSeveralFiltersIsDeleted() {
        qdiscs.addClsact(link);
        addFilter("ingress", "prio", "7", "handle", "0x1");
        addFilter("ingress", "prio", "7", "handle", "0x2");
        addFilter("ingress", "prio", "8", "handle", "0x1");
        addFilter("ingress", "prio", "7", "handle", "0x1", "chain", "1");
        addFilter("egress", "prio", "7", "handle", "0x1");
        filters.delete(filter(TcHook.INGRESS, 7, ETH_P_ALL, 1, 0));
        assertEquals(
                List.of(
                        filter(TcHook.INGRESS, 7, ETH_P_ALL, 2, 0),
                        filter(TcHook.INGRESS, 8, ETH_P_ALL, 1, 0),
                        filter(TcHook.INGRESS, 7, ETH_P_ALL, 1, 1)),
                filters.of(link, TcHook.INGRESS));
        assertEquals(1, filters.of(link, TcHook.EGRESS).size());
        assertFalse(namespace.tc("filter", "show", "dev", "br0", "ingress").contains("pref 7 bpf chain 0 handle 0x1"));
    }

    @Test
    void shouldDeleteNothingWhenHandleKindOrProtocolDiffers() {
        qdiscs.addClsact(link);
        addFilter("ingress", "protocol", "ip", "prio", "7", "handle", "0x1");
        TcFilter otherKind = new TcFilter(link, TcHook.INGRESS, 7, ETH_P_IP, 1, 0, "u32", "", OptionalInt.empty());
        List<TcFilter> wrong =
                List.of(filter(TcHook.INGRESS, 7, ETH_P_IP, 2, 0), filter(TcHook.INGRESS, 7, 0x86DD, 1, 0), otherKind);
        for (TcFilter filter : wrong) {
            assertThrows(SystemCallException.class, () -> filters.delete(filter));
        }
        assertEquals(List.of(filter(TcHook.INGRESS, 7, ETH_P_IP, 1, 0)), filters.of(link, TcHook.INGRESS));
    }

    @Test
    void shouldNameTheFilterWhenThereIsNoneToDelete() {
        qdiscs.addClsact(link);
        SystemCallException thrown = assertThrows(
                SystemCallException.class, () -> filters.delete(filter(TcHook.EGRESS, 9, ETH_P_ALL, 1, 0)));
        assertEquals(Errno.ENOENT, thrown.errno());
        assertTrue(
                thrown.getMessage().startsWith("RTM_DELTFILTER on br0 egress bpf pref 9 handle 0x1: ENOENT"),
                thrown.getMessage());
    }

    private static void addFilter(String hook, String... place) {
        namespace.tc(Stream.of(
                        List.of("filter", "add", "dev", "br0", hook),
                        List.of(place),
                        List.of("bpf", "bytecode", MATCH_ALL))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }

    private TcFilter filter(TcHook hook, int priority, int protocol, int handle, int chain) {
        return new TcFilter(link, hook, priority, protocol, handle, chain, "bpf", "", OptionalInt.empty());
    }
}
