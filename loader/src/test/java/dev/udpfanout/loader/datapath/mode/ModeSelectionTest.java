package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who serves which listener: at the start, after a change of the configuration, and when the kernel path is lost. */
@Tag("unit")
class ModeSelectionTest {
    private static final SystemCallException FORBIDDEN =
            new SystemCallException("bpf_link_create", "eth0", Errno.EPERM);
    private static final SystemCallException GONE = new SystemCallException("bpf_link_create", "eth0", Errno.ENODEV);

    private final List<String> calls = new ArrayList<>();
    private final ScriptedDatapath kernel = new ScriptedDatapath("tc_ebpf", calls);
    private final ScriptedDatapath userspace = new ScriptedDatapath("userspace", calls);
    private Optional<String> refusal = Optional.empty();
    private boolean hasPredecessor;
    private int kernelOpened;
    private int userspaceOpened;
    private boolean failsToOpenUserspace;

    private final Backends backends = new Backends() {
        @Override
        public SwitchableDatapath openKernel(List<ListenerConfig> listeners) {
            kernelOpened++;
            refusal.ifPresent(reason -> {
                throw new KernelRefusedException(reason, null);
            });
            return kernel.with(listeners);
        }

        @Override
        public SwitchableDatapath openUserspace(List<ListenerConfig> listeners) {
            userspaceOpened++;
            if (failsToOpenUserspace) {
                throw new IllegalStateException("no sockets");
            }
            return userspace.with(listeners);
        }

        @Override
        public Optional<String> refusal(RuntimeException failure) {
            return failure == FORBIDDEN ? Optional.of("forbidden") : Optional.empty();
        }

        @Override
        public boolean hasKernelLeftovers() {
            return hasPredecessor && kernelOpened == 0;
        }

        @Override
        public void removeKernelLeftovers() {
            calls.add("leftovers");
        }

        @Override
        public void removeUserspaceLeftovers(List<ListenerConfig> inUserspace) {
            // Sockets' leftovers are routes: the kernel tests look for them.
        }
    };

    /** Each as {@code NAME MODE BIND INTERFACE}. */
    private static List<ListenerConfig> listeners(String... each) {
        StringBuilder yaml = new StringBuilder("listeners:\n");
        for (String listener : each) {
            String[] words = listener.split(" ", 4);
            yaml.append("""
                      - { name: %s, mode: %s, bind: "%s", interface: %s, downstream: [ { address: "10.42.0.11:1" } ] }
                    """.formatted((Object[]) words));
        }
        try {
            return new ConfigReader(name -> true).parse(yaml.toString(), "test").listeners();
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static final String AUTO = "a auto 0.0.0.0:1 eth0";

    private ModeSelectingDatapath started(String... each) {
        ModeSelectingDatapath datapath = new ModeSelectingDatapath(listeners(each), backends);
        for (ListenerConfig listener : listeners(each)) {
            datapath.apply(new EndpointSet(listener.name(), List.of()));
        }
        datapath.reconcile();
        return datapath;
    }

    private static void assertMode(String mode, String reason, ListenerState state) {
        assertEquals(mode, state.mode());
        assertEquals(reason, state.modeReason());
    }

    @Test
    void shouldNotTouchTheKernelPathWhenAllListenersAreInUserspace() {
        ModeSelectingDatapath datapath = started("a userspace 0.0.0.0:1 eth0");
        assertMode("userspace", "configured", datapath.state("a"));
        assertEquals(0, kernelOpened);
        assertEquals(0, datapath.repairs().get("userspace_fallback"), "nothing fell back");
        assertEquals(List.of("userspace apply a", "leftovers"), calls);
    }

    @Test
    void shouldTellTheKernelPathTheWayIntoPodsAlsoWhenItIsOpenedLater() {
        ModeSelectingDatapath datapath = started("a userspace 0.0.0.0:1 eth0");
        datapath.setPeers(Map.of(InetAddress.ofLiteral("10.42.0.11"), new LocalPeer(7, 1500, "", "")));
        calls.clear();
        datapath.configure(listeners(AUTO));
        assertEquals("tc_ebpf peers", calls.getFirst());
    }

    @Test
    void shouldLeaveAnEarlierProcessesWorkingWhenAbandoned() {
        hasPredecessor = true;
        ModeSelectingDatapath datapath =
                new ModeSelectingDatapath(listeners(AUTO, "b userspace 0.0.0.0:2 eth0"), backends);
        datapath.abandon();
        assertEquals(List.of("tc_ebpf release", "userspace release"), calls);
    }

    @Test
    void shouldTakeAllBackWhenAbandonedAndNobodyWasThereBefore() {
        new ModeSelectingDatapath(listeners(AUTO), backends).abandon();
        assertEquals(List.of("tc_ebpf close"), calls);
    }

    @Test
    void shouldLeaveAnEarlierProcessesWorkingWhenTheOtherPathCannotBeOpened() {
        hasPredecessor = true;
        failsToOpenUserspace = true;
        List<ListenerConfig> both = listeners(AUTO, "b userspace 0.0.0.0:2 eth0");
        assertThrows(IllegalStateException.class, () -> new ModeSelectingDatapath(both, backends));
        assertEquals(List.of("tc_ebpf release"), calls);
    }

    @Test
    void shouldNotOpenUserspaceWhenTheKernelServesAll() {
        assertMode("tc_ebpf", "mode auto", started(AUTO).state("a"));
        assertMode("tc_ebpf", "configured", started("a tc_ebpf 0.0.0.0:1 eth0").state("a"));
        assertEquals(0, userspaceOpened);
    }

    @Test
    void shouldFallBackWithTheReasonWhenTheKernelPathCannotBeOpened() {
        refusal = Optional.of("no libbpf");
        ModeSelectingDatapath datapath = started(AUTO);
        assertMode("userspace", "no libbpf", datapath.state("a"));
        assertEquals(1, datapath.repairs().get("userspace_fallback"));
    }

    @Test
    void shouldFailRatherThanForwardWithoutARuleThatOnlyTheKernelKnows() {
        refusal = Optional.of("no libbpf");
        assertEquals(
                "listener a: bind: vip, which only tc_ebpf can do, is not possible: no libbpf",
                assertThrows(
                                KernelRefusedException.class,
                                () -> started("a auto vip:1 eth0, publish: { service: syslog }"))
                        .getMessage());
        assertEquals(0, userspaceOpened);
    }

    @Test
    void shouldFailWithTheReasonWhenTheKernelIsDemandedAndCannotBeHad() {
        refusal = Optional.of("no libbpf");
        KernelRefusedException refused =
                assertThrows(KernelRefusedException.class, () -> started(AUTO, "b tc_ebpf 0.0.0.0:2 eth0"));
        assertEquals("listener b: mode: tc_ebpf is not possible: no libbpf", refused.getMessage());
    }

    @Test
    void shouldKeepListenersTogetherWhenTheyShareAnAddressOfADummyInterface() {
        ModeSelectingDatapath datapath =
                started("a auto 10.255.0.1:1 dummy0", "b userspace 10.255.0.1:2 dummy0", "c auto 10.255.0.2:1 dummy0");
        assertMode("userspace", "shares 10.255.0.1 with listener b, which is in user space", datapath.state("a"));
        assertMode("tc_ebpf", "mode auto", datapath.state("c"));
    }

    @Test
    void shouldFallBackAtOnceWhenTheFirstAttachmentIsRefused() {
        kernel.fail(FORBIDDEN);
        ModeSelectingDatapath datapath = started(AUTO);
        assertMode("userspace", "forbidden", datapath.state("a"));
        assertEquals(
                List.of("tc_ebpf apply a", "userspace [a] knowing a", "tc_ebpf []", "userspace [a] knowing a"), calls);
    }

    @Test
    void shouldFallBackOnlyAfterThreeRefusalsInARowWhenItHasServedBefore() {
        ModeSelectingDatapath datapath = started(AUTO);
        kernel.fail(FORBIDDEN);
        assertThrows(SystemCallException.class, datapath::reconcile);
        assertThrows(SystemCallException.class, datapath::reconcile);
        kernel.recover();
        datapath.reconcile();
        kernel.fail(FORBIDDEN);
        assertThrows(SystemCallException.class, datapath::reconcile);
        assertThrows(SystemCallException.class, datapath::reconcile);
        assertMode("tc_ebpf", "mode auto", datapath.state("a"));
        datapath.reconcile();
        assertMode("userspace", "forbidden", datapath.state("a"));
        assertEquals(1, datapath.repairs().get("userspace_fallback"));
    }

    @Test
    void shouldGoOnTryingWhenWhatFailsMayPassByItself() {
        ModeSelectingDatapath datapath = started(AUTO);
        kernel.fail(GONE);
        for (int i = 0; i < 5; i++) {
            assertThrows(SystemCallException.class, datapath::reconcile);
        }
        assertMode("tc_ebpf", "mode auto", datapath.state("a"));
    }

    @Test
    void shouldTryTheKernelAgainOnlyWhenItIsConfiguredAnew() {
        ModeSelectingDatapath datapath = started(AUTO);
        kernel.fail(FORBIDDEN);
        assertThrows(SystemCallException.class, datapath::reconcile);
        assertThrows(SystemCallException.class, datapath::reconcile);
        datapath.reconcile();
        kernel.recover();
        datapath.reconcile();
        assertMode("userspace", "forbidden", datapath.state("a"));
        datapath.configure(listeners(AUTO));
        assertMode("tc_ebpf", "mode auto", datapath.state("a"));
    }

    @Test
    void shouldHaveTheNewSideTakeOverBeforeTheOldOneLetsGo() {
        ModeSelectingDatapath datapath = started(AUTO);
        calls.clear();
        datapath.configure(listeners("a userspace 0.0.0.0:1 eth0"));
        assertEquals(List.of("userspace [a] knowing a", "tc_ebpf []", "userspace [a] knowing a"), calls);
        calls.clear();
        datapath.configure(listeners(AUTO));
        assertEquals(List.of("tc_ebpf [a] knowing a", "userspace []"), calls);
    }

    @Test
    void shouldStayInUserspaceWhenTheKernelRefusesItAtAReload() {
        ModeSelectingDatapath datapath = started("a userspace 0.0.0.0:1 eth0");
        kernel.fail(FORBIDDEN);
        datapath.configure(listeners(AUTO));
        assertMode("userspace", "forbidden", datapath.state("a"));
    }

    @Test
    void shouldLeaveEverythingAsItWasWhenAReloadDemandsTheKernelAndItRefuses() {
        ModeSelectingDatapath datapath = started("a userspace 0.0.0.0:1 eth0");
        kernel.fail(FORBIDDEN);
        assertThrows(KernelRefusedException.class, () -> datapath.configure(listeners("a tc_ebpf 0.0.0.0:1 eth0")));
        assertMode("userspace", "configured", datapath.state("a"));
        assertTrue(datapath.state("a").attached());
        assertFalse(calls.contains("userspace []"), calls::toString);
    }

    @Test
    void shouldKeepTryingAChangeThatIsNotPossibleYet() {
        ModeSelectingDatapath datapath = started("a userspace 0.0.0.0:1 eth0");
        kernel.fail(FORBIDDEN);
        List<ListenerConfig> changed = listeners("a userspace 0.0.0.0:1 eth0", "b tc_ebpf 0.0.0.0:2 eth0");
        assertThrows(KernelRefusedException.class, () -> datapath.configure(changed));
        assertThrows(KernelRefusedException.class, datapath::reconcile);
        assertFalse(datapath.state("b").attached());
        assertMode("tc_ebpf", datapath.hindrance().orElseThrow(), datapath.state("b"));
        assertEquals(Optional.of("listener b: mode: tc_ebpf is not possible: forbidden"), datapath.hindrance());
        kernel.recover();
        datapath.reconcile();
        assertEquals(Optional.empty(), datapath.hindrance());
        assertTrue(datapath.state("b").attached());
    }

    @Test
    void shouldLetGoOfAPortThatTheSameListenerNeedsUnderAnotherName() {
        ModeSelectingDatapath datapath = started("a userspace 0.0.0.0:1 eth0", "b userspace 0.0.0.0:2 eth0");
        datapath.configure(listeners("renamed userspace 10.1.2.3:1 eth0", "c userspace 0.0.0.0:3 eth0"));
        assertEquals("userspace [b, renamed, c] knowing b", calls.get(calls.size() - 2));
        assertEquals("userspace [renamed, c]", calls.getLast());
    }
}
