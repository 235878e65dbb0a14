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
    private static final int DATAGRAMS = 100;

    private static List<InetSocketAddress> endpoints(int count, Random order) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(new InetSocketAddress("10.42." + i % 3 + "." + (11 + i), 514 + i % 2));
        }
        Collections.shuffle(endpoints, order);
        return endpoints;
    }

    private static EndpointTable table(List<InetSocketAddress> endpoints, Named named) {
        return ForwarderSpread.table(new SpreadPlan.Keyed(endpoints, named.key()));
    }

    private static Optional<InetSocketAddress> inUserSpace(EndpointTable table, InetAddress source, byte[] payload) {
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

    @Property(tries = 30)
    void datagramsOfOneKeyHaveOneEndpointOnEveryNode(
            @ForAll Named named,
            @ForAll long key,
            @ForAll @Size(4) byte[] address,
            @ForAll @IntRange(min = 1, max = 9) int count,
            @ForAll Random random)
            throws UnknownHostException {
        InetAddress source = InetAddress.getByAddress(address);
        PayloadKeyOracle here = new PayloadKeyOracle(endpoints(count, random), named.key());
        EndpointTable there = table(endpoints(count, random), named);
        for (int i = 0; i < DATAGRAMS; i++) {
            byte[] first = ProtocolDatagram.of(named, key + i, random);
            byte[] second = ProtocolDatagram.of(named, key + i, random);
            Optional<InetSocketAddress> expected = here.endpoint(source, first);
            assertTrue(expected.isPresent(), "a datagram of the protocol has the key");
            assertEquals(expected, here.endpoint(source, second));
            assertEquals(expected, inUserSpace(there, source, first));
            assertEquals(expected, inUserSpace(there, source, second));
        }
    }

    @Property(tries = 10)
    void keysAreAtAllEndpoints(
            @ForAll Named named, @ForAll @IntRange(min = 2, max = 8) int count, @ForAll Random random)
            throws UnknownHostException {
        Set<InetSocketAddress> met = new HashSet<>();
        EndpointTable table = table(endpoints(count, random), named);
        InetAddress source = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        for (long key = 0; key < 256; key++) {
            byte[] datagram = ProtocolDatagram.of(named, key, random);
            met.add(inUserSpace(table, source, datagram).orElseThrow());
        }
        assertEquals(Set.copyOf(endpoints(count, random)), met);
    }

    @Property(tries = 30)
    void aMetricHasOneEndpointOnEveryNode(
            @ForAll @Size(100) List<@AlphaChars @StringLength(min = 1, max = 200) String> names,
            @ForAll @IntRange(min = 1, max = 9) int count,
            @ForAll Random random) {
        MetricNameOracle here = new MetricNameOracle(endpoints(count, random));
        EndpointTable there = ForwarderSpread.table(new SpreadPlan.Metrics(endpoints(count, random)));
        for (String name : names) {
            byte[] metric = (name + ":1|g").getBytes(StandardCharsets.US_ASCII);
            MetricCuts cuts = new MetricCuts();
            cuts.of((MetricHash) there.spread(), MemorySegment.ofArray(metric), 0, metric.length);
            assertTrue(cuts.next());
            assertEquals(here.endpoint(metric), Optional.of(there.endpoints().get(cuts.endpoint())));
        }
    }
}
