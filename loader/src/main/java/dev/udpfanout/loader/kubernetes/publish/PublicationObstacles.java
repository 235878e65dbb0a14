package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.kubernetes.api.LiteralAddress;
import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Stream;

/** Why no address of a range may be published. */
final class PublicationObstacles {
    private final Optional<Prefix> range;

    PublicationObstacles(PublishedEndpoint endpoint) {
        this.range = endpoint.range();
    }

    /**
     * The first reason, with the mend.
     *
     * @param address the one that was chosen, if there is one
     */
    Optional<String> find(Optional<Service> service, Optional<InetAddress> address) {
        Optional<String> taken = service.map(Service::getSpec)
                .flatMap(spec -> clusterAddresses(spec)
                        .filter(each -> range.filter(addresses -> addresses.contains(each))
                                .isPresent())
                        .findFirst())
                .map(each -> "publish.addresses: " + range.orElseThrow() + " overlaps the range of Services: it has "
                        + each.getHostAddress()
                        + ", the Service's cluster IP; choose a range that nothing in the cluster has");
        return taken.or(() -> address.isPresent()
                ? Optional.empty()
                : Optional.of("publish.addresses: each address of "
                        + range.map(Prefix::toString).orElse("the range")
                        + " is another node's; choose a larger range"));
    }

    /** "None" is no address. */
    private static Stream<InetAddress> clusterAddresses(ServiceSpec spec) {
        return Stream.concat(Stream.ofNullable(spec.getClusterIP()), Present.in(spec.getClusterIPs()).stream())
                .map(LiteralAddress::parse)
                .flatMap(Optional::stream);
    }
}
