package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.LiteralAddress;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which address of a range a node publishes, from what all nodes have published: each node works it out for itself, and
 * all come to the same result. A node keeps what it has published, unless another has published the same and goes
 * before it: the one whose slice is older, or of two that were created within a second, the one whose slice's name
 * comes first. The other one takes its next address. What is sent to the address that it had is served meanwhile, since
 * every node serves all of them.
 *
 * <p>Belongs to one thread.
 */
final class AddressChoice implements AddressSource {
    private final AddressSequence sequence;
    private final String sliceName;
    private final int port;
    private Optional<InetAddress> chosen = Optional.empty();

    /**
     * @param sliceName of this node's slice
     * @param port the listener's: only of one address and port kube-proxy keeps one endpoint
     */
    AddressChoice(AddressSequence sequence, String sliceName, int port) {
        this.sequence = sequence;
        this.sliceName = sliceName;
        this.port = port;
    }

    /** Who has published an address, and when. */
    private record Claim(String created, String sliceName) {
        private static final Comparator<Claim> ORDER =
                Comparator.comparing(Claim::created).thenComparing(Claim::sliceName);

        boolean goesBefore(Claim other) {
            return ORDER.compare(this, other) < 0;
        }
    }

    @Override
    public Optional<InetAddress> choose(List<EndpointSlice> slices, Optional<EndpointSlice> applied) {
        Map<InetAddress, Claim> others = new HashMap<>();
        Optional<EndpointSlice> own = applied;
        for (EndpointSlice slice : slices) {
            if (sliceName.equals(slice.getMetadata().getName())) {
                own = Optional.of(slice);
            } else if (SliceLabels.isOfANode(slice)) {
                addresses(slice)
                        .forEach(address -> others.merge(
                                address, claim(slice), (one, other) -> one.goesBefore(other) ? one : other));
            }
        }
        Optional<Claim> mine = own.map(AddressChoice::claim);
        Optional<EndpointSlice> found = own;
        chosen = chosen.or(() -> found.flatMap(slice -> addresses(slice).findFirst()))
                .filter(sequence::has)
                .filter(address -> isMine(address, mine, others))
                .or(() -> sequence.first(others.keySet()));
        return chosen;
    }

    /** Before this node's slice is there, whoever has published an address has it. */
    private static boolean isMine(InetAddress address, Optional<Claim> mine, Map<InetAddress, Claim> others) {
        Claim other = others.get(address);
        return other == null || mine.filter(claim -> claim.goesBefore(other)).isPresent();
    }

    /** What a slice has published with the listener's port. */
    private Stream<InetAddress> addresses(EndpointSlice slice) {
        boolean hasPort = Optional.ofNullable(slice.getPorts()).orElse(List.of()).stream()
                .anyMatch(each -> Objects.equals(each.getPort(), port));
        List<Endpoint> endpoints = Optional.ofNullable(slice.getEndpoints()).orElse(List.of());
        return hasPort
                ? endpoints.stream()
                        .flatMap(endpoint -> endpoint.getAddresses().stream())
                        .map(LiteralAddress::parse)
                        .flatMap(Optional::stream)
                : Stream.empty();
    }

    /** RFC 3339 in UTC, to the second: as texts, in the order of time. */
    private static Claim claim(EndpointSlice slice) {
        return new Claim(
                Optional.ofNullable(slice.getMetadata().getCreationTimestamp()).orElse(""),
                slice.getMetadata().getName());
    }
}
