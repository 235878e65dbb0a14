package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.kubernetes.api.LiteralAddress;
import dev.udpfanout.loader.kubernetes.api.Present;
import dev.udpfanout.loader.kubernetes.publish.SharedAddress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.VersionInfo;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the address that each node publishes for a listener on a dummy interface can be told from others'. Pure. */
public final class PublishedAddressChecks {
    private static final String CHECK = "published_addresses";

    private PublishedAddressChecks() {}

    /** @param version the API server's; null if it does not say */
    public static Optional<Diagnosis> of(Service service, ListenerConfig listener, VersionInfo version) {
        if (listener.range().isPresent()) {
            return clusterAddresses(service)
                    .filter(listener.range().get()::contains)
                    .findFirst()
                    .map(address -> inServicesRange(listener.range().get(), address));
        }
        return SharedAddress.isRefusedBy(version)
                ? Optional.of(Diagnosis.problem(
                        CHECK,
                        "all nodes publish " + listener.bind().getAddress().getHostAddress()
                                + ", and kube-proxy of Kubernetes " + version.getMajor() + "." + version.getMinor()
                                + " gives all but one nothing",
                        "take addresses: bind out of publish, so that each node publishes an address of its own"))
                : Optional.empty();
    }

    private static Diagnosis inServicesRange(Prefix range, InetAddress address) {
        return Diagnosis.problem(
                CHECK,
                "the range " + range + " has " + address.getHostAddress() + ", the Service's cluster IP",
                "set publish.addresses to a range that nothing in the cluster has");
    }

    private static Stream<InetAddress> clusterAddresses(Service service) {
        // "None" is no address.
        return Present.in(service.getSpec().getClusterIPs()).stream()
                .map(LiteralAddress::parse)
                .flatMap(Optional::stream);
    }
}
