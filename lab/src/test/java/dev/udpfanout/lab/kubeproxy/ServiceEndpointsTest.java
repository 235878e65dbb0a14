package dev.udpfanout.lab.kubeproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ServiceEndpointsTest {
    private static final InetSocketAddress SHARED = new InetSocketAddress("10.255.0.1", 5514);
    private static final InetSocketAddress FIRST = new InetSocketAddress("10.255.8.1", 5514);
    private static final InetSocketAddress SECOND = new InetSocketAddress("10.255.9.1", 5514);
    private static final int RUNS = 100;

    @Test
    void shouldKeepAnyOfSeveralEqualEndpointsWhicheverNodeTheyAreOf() {
        Set<List<InetSocketAddress>> local = new HashSet<>();
        for (int seed = 0; seed < RUNS; seed++) {
            ServiceEndpoints seen = ServiceEndpoints.seenBy(
                    "a",
                    List.of(new NodeEndpoint(SHARED, "a"), new NodeEndpoint(SHARED, "b")),
                    new SplittableRandom(seed));
            assertEquals(List.of(SHARED), seen.cluster());
            local.add(seen.local());
        }
        assertEquals(Set.of(List.of(), List.of(SHARED)), local, "at times its own, at times not");
    }

    @Test
    void shouldKeepAllThatDifferAndKnowItsOwnByTheNodesName() {
        List<NodeEndpoint> all = List.of(new NodeEndpoint(FIRST, "a"), new NodeEndpoint(SECOND, "b"));

        assertEquals(
                new ServiceEndpoints(List.of(FIRST, SECOND), List.of(SECOND)),
                ServiceEndpoints.seenBy("b", all, new SplittableRandom(1)));
    }

    @Test
    void shouldDropWhatComesFromOutsideWhenNoEndpointIsThisNodesOwn() {
        String rules = KubeProxyRules.labService(
                        new InetSocketAddress("192.168.1.100", 5514),
                        ExternalTrafficPolicy.LOCAL,
                        new ServiceEndpoints(List.of(FIRST), List.of()))
                .restoreInput();

        assertTrue(
                rules.contains("-A KUBE-EXTERNAL-SERVICES -m comment --comment"
                        + " \"logging/syslog:syslog has no local endpoints\" -m udp -p udp -d 192.168.1.100 --dport 5514"
                        + " -j DROP\n"),
                rules);
    }
}
