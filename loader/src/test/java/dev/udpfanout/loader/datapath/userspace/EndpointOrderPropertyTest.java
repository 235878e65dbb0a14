package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.spread.MetricCuts;
import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.PayloadHash;
import dev.udpfanout.loader.config.PayloadKey.Named;
import dev.udpfanout.loader.control.MetricNameOracle;
import dev.udpfanout.loader.control.PayloadKeyOracle;
import dev.udpfanout.loader.control.ProtocolDatagram;
import dev.udpfanout.loader.control.SpreadPlan;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/**
 * Nodes learn of endpoints in any order, and one may forward in the kernel and another in user space: what belongs
 * together has one endpoint on all of them.
 */
@Tag("unit")
class EndpointOrderPropertyTest {
    private static List<InetSocketAddress> endpoints(int count, Random order) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(new InetSocketAddress("10.42." + i % 3 + "." + (11 + i), 514 + i % 2));
        }
        Collections.shuffle(endpoints, order);
        return endpoints;
    }

    private static Optional<InetSocketAddress> inUserSpace(
            List<InetSocketAddress> endpoints, Named named, InetAddress source, byte[] payload) {
        EndpointTable table = ForwarderSpread.table(new SpreadPlan.Keyed(endpoints, named.key()));
        PayloadHash hash = (PayloadHash) table.spread();
        int endpoint = hash.endpoint(
                hash.readsSources() ? SourceBits.high(source) : 0,
                hash.readsSources() ? SourceBits.low(source) : 0,
                MemorySegment.ofArray(payload),
                0,
                payload.length);
        return endpoint == PayloadHash.IN_TURN
                ? Optional.empty()
                : Optional.of(table.endpoints().get(endpoint));
    }

    @Property(tries = 300)
    void datagramsOfOneKeyHaveOneEndpointOnEveryNode(
            @ForAll Named named,
            @ForAll long key,
            @ForAll @Size(4) byte[] address,
            @ForAll @IntRange(min = 1, max = 64) int count,
            @ForAll Random random)
            throws UnknownHostException {
        InetAddress source = InetAddress.getByAddress(address);
        byte[] first = ProtocolDatagram.of(named, key, random);
        byte[] second = ProtocolDatagram.of(named, key, random);
        Optional<InetSocketAddress> expected =
                new PayloadKeyOracle(endpoints(count, random), named.key()).endpoint(source, first);
        assertTrue(expected.isPresent(), "a datagram of the protocol has the key");
        assertEquals(expected, new PayloadKeyOracle(endpoints(count, random), named.key()).endpoint(source, second));
        assertEquals(expected, inUserSpace(endpoints(count, random), named, source, first));
        assertEquals(expected, inUserSpace(endpoints(count, random), named, source, second));
    }

    @Property(tries = 20)
    void keysAreAtAllEndpoints(
            @ForAll Named named, @ForAll @IntRange(min = 2, max = 8) int count, @ForAll Random random)
            throws UnknownHostException {
        Set<InetSocketAddress> met = new HashSet<>();
        InetAddress source = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        for (long key = 0; key < 256; key++) {
            byte[] datagram = ProtocolDatagram.of(named, key, random);
            met.add(inUserSpace(endpoints(count, random), named, source, datagram)
                    .orElseThrow());
        }
        assertEquals(Set.copyOf(endpoints(count, random)), met);
    }

    @Property(tries = 300)
    void aMetricHasOneEndpointOnEveryNode(
            @ForAll @AlphaChars @StringLength(min = 1, max = 200) String name,
            @ForAll @IntRange(min = 1, max = 64) int count,
            @ForAll Random random) {
        byte[] metric = (name + ":1|g").getBytes(StandardCharsets.US_ASCII);
        Optional<InetSocketAddress> expected = new MetricNameOracle(endpoints(count, random)).endpoint(metric);
        EndpointTable table = ForwarderSpread.table(new SpreadPlan.Metrics(endpoints(count, random)));
        MetricCuts cuts = new MetricCuts();
        cuts.of((MetricHash) table.spread(), MemorySegment.ofArray(metric), 0, metric.length);
        assertTrue(cuts.next());
        assertEquals(expected, Optional.of(table.endpoints().get(cuts.endpoint())));
    }
}
