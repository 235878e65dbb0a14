package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfigs;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.kubernetes.services.ServicesInForce;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ControlLoopTest {
    private static final InetSocketAddress POD = new InetSocketAddress("10.0.0.1", 5514);
    private static final List<DiscoveredEndpoint> PODS = List.of(DiscoveredEndpoint.configured("pod", POD, 1));
    private static final Config CONFIG = ListenerConfigs.config(
            List.of(
                    ListenerConfigs.discovering("one", "a", Preference.ANY),
                    ListenerConfigs.discovering("two", "b", Preference.ANY)),
            OnAllUnhealthy.DROP);

    private final RecordingDatapath datapath = new RecordingDatapath();
    private final ControlLoop loop =
            new ControlLoop(CONFIG, datapath, new EndpointSelection("node-a", Optional.empty()), updated -> {});

    private void select() {
        datapath.configure(CONFIG.listeners());
        loop.select();
    }

    @Test
    void shouldServeTheOtherListenersWhenOneCannotBeServed() {
        select();
        datapath.refusing.add("one");
        assertThrows(IllegalStateException.class, () -> loop.discovered(new Event.Discovered("one", PODS)));
        assertThrows(IllegalStateException.class, () -> loop.discovered(new Event.Discovered("two", PODS)));
        assertEquals(Set.of("two"), datapath.applied.keySet());
        assertEquals(Set.of("two"), loop.inForce().keySet());

        datapath.refusing.clear();
        loop.select();
        assertEquals(Set.of("one", "two"), datapath.applied.keySet());
    }

    @Test
    void shouldReportTheFailureOfEveryListenerWhenSeveralCannotBeServed() {
        select();
        datapath.refusing.addAll(Set.of("one", "two"));
        assertThrows(IllegalStateException.class, () -> loop.discovered(new Event.Discovered("one", PODS)));

        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> loop.discovered(new Event.Discovered("two", PODS)));

        assertEquals("refused: one", failure.getMessage());
        assertEquals("refused: two", failure.getSuppressed()[0].getMessage());
    }

    @Test
    void shouldLeaveOutEndpointsOfAnotherFamilyThanTheListeners() {
        select();
        DiscoveredEndpoint ipv6 = DiscoveredEndpoint.configured("pod", new InetSocketAddress("2001:db8::1", 5514), 1);
        loop.discovered(new Event.Discovered("one", List.of(ipv6, PODS.getFirst())));
        assertEquals(
                List.of(new Endpoint("pod", POD)), datapath.applied.get("one").endpoints());
    }

    @Test
    void shouldHaveThoseProbedThatAnAnsweringListenerUses() throws InvalidConfigException {
        Config answering = new ConfigReader(name -> true).parse("""
                listeners:
                  - name: dns
                    bind: "10.255.0.1:53"
                    interface: dummy0
                    replies: true
                    kubernetes: { service: dns, port: 53 }
                """, "test");
        ControlLoop answered =
                new ControlLoop(answering, datapath, new EndpointSelection("node-a", Optional.empty()), updated -> {});
        datapath.configure(answering.listeners());
        InetSocketAddress leavingHere = new InetSocketAddress("10.42.0.12", 53);
        answered.discovered(new Event.Discovered(
                "dns",
                List.of(
                        pod("10.42.1.11", "node-b", true),
                        new DiscoveredEndpoint(
                                "pod", leavingHere, false, true, true, Optional.of("node-a"), Optional.empty(), 1))));

        assertEquals(
                List.of(new Endpoint("pod", leavingHere)),
                datapath.applied.get("dns").endpoints());
        assertEquals(Set.of(leavingHere), answered.probeTargets());
    }

    private static DiscoveredEndpoint pod(String address, String node, boolean ready) {
        return new DiscoveredEndpoint(
                "pod", new InetSocketAddress(address, 53), ready, ready, false, Optional.of(node), Optional.empty(), 1);
    }

    @Test
    void shouldSayNothingOfReadinessWhenAnEarlierDaemonsEndpointsAreInForceAndTheSourceHasNotAnswered() {
        datapath.adopted.add("one");
        select();
        assertEquals(Optional.empty(), loop.publishable("one"));
        assertEquals(Optional.of(false), loop.publishable("two"));

        datapath.attached = false;
        assertEquals(Optional.of(false), loop.publishable("one"));
    }

    @Test
    void shouldShowAndPublishWhatAnEarlierDaemonLeftUntilTheSourceAnswers() {
        datapath.adopted.addAll(Set.of("one", "two"));
        datapath.left.put("one", List.of(POD));
        datapath.left.put("two", List.of());
        select();

        assertEquals(POD, loop.inForce().get("one").endpoints().getFirst().address());
        assertEquals(List.of(DiscoveredEndpoint.adopted(POD)), loop.known().get("one"));
        assertTrue(loop.isReady("one"));
        assertEquals(Optional.of(true), loop.publishable("one"));
        assertEquals(Optional.of(false), loop.publishable("two"), "it was left without an endpoint");
        assertEquals(Set.of(), loop.probeTargets());

        loop.discovered(new Event.Discovered("one", List.of()));

        assertEquals(List.of(), loop.inForce().get("one").endpoints());
        assertEquals(Optional.of(false), loop.publishable("one"));
    }

    @Test
    void shouldShowAndPublishWhatIsInForceWhenAnotherServiceHasNotAnsweredYet() throws InvalidConfigException {
        select();
        loop.discovered(new Event.Discovered("one", PODS));
        Config other = new ConfigReader(name -> true).parse("""
                listeners:
                  - name: one
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    kubernetes: { service: another, port: 5514 }
                """, "test");

        loop.configure(other, ServicesInForce.NONE);

        assertEquals(POD, loop.inForce().get("one").endpoints().getFirst().address());
        assertEquals(Optional.of(true), loop.publishable("one"));
        loop.discovered(new Event.Discovered("one", List.of()));
        assertEquals(Optional.of(false), loop.publishable("one"));
    }

    /** A new listener that has to wait for the comparison loses what comes until then. */
    @Test
    void shouldTellTheEndpointsOfNewListenersWithTheListeners() throws InvalidConfigException {
        select();
        loop.discovered(new Event.Discovered("one", PODS));
        Config more = new ConfigReader(name -> true).parse("""
                listeners:
                  - name: three
                    bind: "10.255.0.1:5515"
                    interface: dummy0
                    downstream: [ { address: "10.0.0.3:5514" } ]
                """, "test");
        List<ListenerConfig> all = new ArrayList<>(CONFIG.listeners());
        all.addAll(more.listeners());

        loop.configure(CONFIG.withListeners(all), ServicesInForce.NONE);

        assertEquals(Set.of("one", "three"), datapath.targetsOfLast.endpoints().keySet());
        assertEquals(
                new InetSocketAddress("10.0.0.3", 5514),
                datapath.targetsOfLast
                        .endpoints()
                        .get("three")
                        .endpoints()
                        .getFirst()
                        .address());
    }

    /** What is sent to an endpoint that has gone is lost; one that has come can wait. */
    @Test
    void shouldTakeEndpointsOutBeforeItPutsOthersIn() throws InvalidConfigException {
        select();
        DiscoveredEndpoint gone = DiscoveredEndpoint.configured("gone", new InetSocketAddress("10.0.0.2", 5514), 1);
        DiscoveredEndpoint come = DiscoveredEndpoint.configured("come", new InetSocketAddress("10.0.0.3", 5514), 1);
        loop.discovered(new Event.Discovered("one", PODS));
        loop.discovered(new Event.Discovered("two", List.of(PODS.getFirst(), gone)));
        datapath.refusing.addAll(Set.of("one", "two"));
        assertThrows(
                IllegalStateException.class,
                () -> loop.discovered(new Event.Discovered("one", List.of(PODS.getFirst(), come))));
        assertThrows(IllegalStateException.class, () -> loop.discovered(new Event.Discovered("two", PODS)));
        datapath.refusing.clear();

        loop.configure(CONFIG, ServicesInForce.NONE);

        assertEquals(
                List.of("two", "one"),
                List.copyOf(datapath.targetsOfLast.endpoints().keySet()));
        assertEquals(List.of("two", "one"), List.copyOf(datapath.applied.keySet()));
    }

    @Test
    void shouldBeReadyWhenAttachedWithAnEndpoint() {
        select();
        loop.discovered(new Event.Discovered("one", PODS));
        assertEquals(Optional.of(true), loop.publishable("one"));
        assertTrue(loop.isReady("one"));

        loop.health(Set.of(POD));
        assertEquals(Optional.of(false), loop.publishable("one"));

        loop.health(Set.of());
        datapath.attached = false;
        assertEquals(Optional.of(false), loop.publishable("one"));
    }

    @Test
    void shouldNeitherBeReadyNorCallAnEndpointInForceWhenTheDatapathLeavesItOut() {
        select();
        loop.discovered(new Event.Discovered("one", PODS));
        datapath.unroutable.add(POD);
        assertFalse(loop.isReady("one"));
        assertEquals(Optional.of(false), loop.publishable("one"));
        assertEquals(List.of(), loop.inForce().get("one").endpoints());

        datapath.unroutable.clear();
        assertTrue(loop.isReady("one"));
        assertEquals(
                List.of(new Endpoint("pod", POD)), loop.inForce().get("one").endpoints());
    }

    @Test
    void shouldFindAndChooseAMirrorsReceiversAsAListenersAndBeReadyWithoutThem() throws InvalidConfigException {
        Config mirroring = new ConfigReader(name -> true).parse("""
                listeners:
                  - name: one
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    downstream: [ { address: "10.0.0.2:5514" } ]
                    mirror: { kubernetes: { service: probes, port: 5514 } }
                """, "test");
        ControlLoop mirrored =
                new ControlLoop(mirroring, datapath, new EndpointSelection("node-a", Optional.empty()), updated -> {});
        datapath.configure(mirroring.listeners());
        mirrored.select();
        assertEquals(Set.of("one"), datapath.applied.keySet());
        assertTrue(mirrored.isReady("one"));

        mirrored.discovered(new Event.Discovered("one.mirror", PODS));
        assertEquals(
                List.of(new Endpoint("pod", POD)),
                datapath.applied.get("one.mirror").endpoints());
        assertTrue(mirrored.probeTargets().contains(POD));

        mirrored.discovered(new Event.Discovered("one.mirror", List.of()));
        assertEquals(List.of(), datapath.applied.get("one.mirror").endpoints());
        assertTrue(mirrored.isReady("one"));
    }
}
