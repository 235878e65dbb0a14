package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.endpoint.SourceHash;
import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.spread.MetricCuts;
import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.PayloadHash;
import dev.udpfanout.loader.config.PayloadKey.Named;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.control.HashTable;
import dev.udpfanout.loader.control.MetricNameOracle;
import dev.udpfanout.loader.control.PayloadKeyOracle;
import dev.udpfanout.loader.control.SpreadPlan;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** The forwarder's hash against the kernel program's, which HashPolicyTest compares with what the program does. */
@Tag("unit")
class ForwarderSpreadPropertyTest {
    private static final List<InetSocketAddress> ENDPOINTS = List.of(
            new InetSocketAddress("10.42.0.11", 514),
            new InetSocketAddress("10.42.0.12", 514),
            new InetSocketAddress("10.42.1.13", 514));
    private static final HashTable KERNEL = HashTable.of(ENDPOINTS.reversed(), SourceHash.BUCKET_BITS);
    private static final EndpointTable BY_SOURCE = ForwarderSpread.table(new SpreadPlan.Hash(ENDPOINTS, HashOn.SOURCE));
    private static final EndpointTable BY_PORT =
            ForwarderSpread.table(new SpreadPlan.Hash(ENDPOINTS, HashOn.SOURCE_PORT));
    private static final EndpointTable BY_METRIC = ForwarderSpread.table(new SpreadPlan.Metrics(ENDPOINTS));
    private static final MetricNameOracle METRICS = new MetricNameOracle(ENDPOINTS.reversed());

    @Property
    void anIpv4SourceHasTheEndpointThatItHasInTheKernel(@ForAll @Size(4) byte[] address, @ForAll char port)
            throws UnknownHostException {
        check(InetAddress.getByAddress(address), port);
    }

    @Property
    void anIpv6SourceHasTheEndpointThatItHasInTheKernel(@ForAll @Size(16) byte[] address, @ForAll char port)
            throws UnknownHostException {
        check(InetAddress.getByAddress(address), port);
    }

    /** The lengths lie around those of the keys, and half of the payloads begin as a chunk of GELF. */
    @Property
    void aKeyInThePayloadLeadsWhereItLeadsInTheKernel(
            @ForAll Named named,
            @ForAll @Size(4) byte[] address,
            @ForAll @Size(max = 24) byte[] payload,
            @ForAll boolean isChunk)
            throws UnknownHostException {
        if (isChunk && payload.length > 1) {
            payload[0] = 0x1e;
            payload[1] = 0x0f;
        }
        InetAddress source = InetAddress.getByAddress(address);
        EndpointTable table = ForwarderSpread.table(new SpreadPlan.Keyed(ENDPOINTS, named.key()));
        PayloadHash hash = (PayloadHash) table.spread();
        boolean readsSource = hash.readsSources();
        byte[] received = new byte[payload.length + 3];
        System.arraycopy(payload, 0, received, 3, payload.length);
        int endpoint = hash.endpoint(
                readsSource ? SourceBits.high(source) : 0,
                readsSource ? SourceBits.low(source) : 0,
                MemorySegment.ofArray(received),
                3,
                payload.length);
        assertEquals(
                new PayloadKeyOracle(ENDPOINTS.reversed(), named.key()).endpoint(source, payload),
                endpoint == PayloadHash.IN_TURN
                        ? Optional.empty()
                        : Optional.of(table.endpoints().get(endpoint)));
    }

    /** Few characters, so that names, ends and colons meet in every way. */
    @Property
    void aMetricLeadsWhereItLeadsInTheKernelAndNoneIsLost(
            @ForAll @Size(max = 300) List<@From("characters") Character> characters) {
        byte[] payload = new byte[characters.size()];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) characters.get(i).charValue();
        }
        byte[] received = new byte[payload.length + 8];
        Arrays.fill(received, (byte) ':');
        System.arraycopy(payload, 0, received, 3, payload.length);
        MetricCuts cuts = new MetricCuts();
        cuts.of((MetricHash) BY_METRIC.spread(), MemorySegment.ofArray(received), 3, payload.length);
        List<String> pieces = new ArrayList<>();
        while (cuts.next()) {
            String piece = new String(payload, cuts.begin(), cuts.length(), StandardCharsets.ISO_8859_1);
            pieces.add(piece);
            Set<InetSocketAddress> wanted = new HashSet<>();
            for (String line : piece.split("\n", -1)) {
                METRICS.endpoint(line.getBytes(StandardCharsets.ISO_8859_1)).ifPresent(wanted::add);
            }
            assertEquals(
                    cuts.endpoint() == MetricHash.NO_NAME
                            ? Set.of()
                            : Set.of(BY_METRIC.endpoints().get(cuts.endpoint())),
                    wanted);
        }
        assertEquals(new String(payload, StandardCharsets.ISO_8859_1), String.join("\n", pieces));
        for (int i = 1; i < pieces.size(); i++) {
            assertTrue(!owner(pieces.get(i - 1)).equals(owner(pieces.get(i))), "cut without need");
        }
    }

    private static Optional<InetSocketAddress> owner(String piece) {
        return Stream.of(piece.split("\n"))
                .map(line -> METRICS.endpoint(line.getBytes(StandardCharsets.ISO_8859_1)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Provide
    Arbitrary<Character> characters() {
        return Arbitraries.frequencyOf(
                Tuple.of(60, Arbitraries.chars().range('a', 'c')),
                Tuple.of(2, Arbitraries.of(':', '\n')),
                Tuple.of(1, Arbitraries.chars().range('\u0000', '\u00ff')));
    }

    private static void check(InetAddress address, int port) {
        assertEquals(inKernel(SourceHash.of(address)), inUserSpace(BY_SOURCE, address, port));
        assertEquals(inKernel(SourceHash.of(address, port)), inUserSpace(BY_PORT, address, port));
    }

    private static InetSocketAddress inKernel(long hash) {
        return KERNEL.endpoints().get(KERNEL.owner(SourceHash.bucket(hash)));
    }

    private static InetSocketAddress inUserSpace(EndpointTable table, InetAddress address, int port) {
        var hash = (dev.udpfanout.forwarder.spread.SourceHash) table.spread();
        return table.endpoints().get(hash.endpoint(SourceBits.high(address), SourceBits.low(address), port));
    }
}
