package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.loader.config.Admission;
import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ListenerConfig.Firewall;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.ListenerConfig.Interception;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.ListenerConfig.Order;
import dev.udpfanout.loader.config.MirrorConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.UserspaceConfig;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The listeners of one port of a Service: one for each family and kind of address that has rules of its own. */
final class ServiceListeners {
    /** Not from the file. */
    private static final int NO_POSITION = -1;

    private final ServiceName service;
    private final ServiceRules rules;
    private final ServiceAnnotations annotations;
    private final Duration lease;

    /** @param lease for how long they are intercepted without a daemon; zero: for ever */
    ServiceListeners(ServiceName service, ServiceRules rules, ServiceAnnotations annotations, Duration lease) {
        this.service = service;
        this.rules = rules;
        this.annotations = annotations;
        this.lease = lease;
    }

    /**
     * Those of a port.
     *
     * @param name of the port in EndpointSlices
     * @param found its endpoints, of both families
     * @param copies the endpoints of the mirror, if there is one
     */
    List<ServedListener> of(
            ServicePort port,
            KubernetesSource.Port name,
            List<DiscoveredEndpoint> found,
            List<DiscoveredEndpoint> copies) {
        List<ServedListener> listeners = new ArrayList<>();
        for (StandardProtocolFamily family : List.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)) {
            for (ServiceRules.Group group : rules.groups()) {
                Set<InetAddress> addresses = ofFamily(group.addresses(), family);
                if (!addresses.isEmpty()) {
                    ListenerConfig config = listener(port.getPort(), name, family, group);
                    listeners.add(new ServedListener(config, addresses, found, copies));
                }
            }
        }
        return listeners;
    }

    private ListenerConfig listener(
            int port, KubernetesSource.Port endpointPort, StandardProtocolFamily family, ServiceRules.Group group) {
        String name = name(port, family, group);
        ReceiverSet receivers = new ReceiverSet(
                NO_POSITION,
                name,
                new ReceiverSet.Source(
                        family,
                        List.of(),
                        Optional.of(
                                new KubernetesSource(Optional.of(service.namespace()), service.name(), endpointPort)),
                        rules.preference()),
                annotations.spreading(),
                new ReceiverSet.Delivery(
                        annotations.localDelivery(),
                        annotations.replies(),
                        annotations.replies() || group.onThisNodeOnly()));
        Interception interception = new Interception(
                new InetSocketAddress(wildcard(family), port),
                true,
                group.interfaces(),
                Mode.TC_EBPF,
                AttachMethod.AUTO,
                Order.FIRST,
                Hook.INGRESS,
                Firewall.LEAVE,
                lease);
        List<Prefix> allow = group.allow().stream()
                .filter(prefix -> (prefix.family() == 6) == (family == StandardProtocolFamily.INET6))
                .toList();
        return new ListenerConfig(
                NO_POSITION,
                name,
                interception,
                new Admission(allow, annotations.rateLimit()),
                receivers,
                annotations.mirror().map(mirror -> mirror(mirror, receivers, endpointPort)),
                Optional.empty(),
                UserspaceConfig.UNUSED);
    }

    private MirrorConfig mirror(ServiceMirror mirror, ReceiverSet of, KubernetesSource.Port endpointPort) {
        KubernetesSource source =
                new KubernetesSource(Optional.of(service.namespace()), mirror.service(), endpointPort);
        return new MirrorConfig(
                new ReceiverSet(
                        NO_POSITION,
                        ReceiverSet.mirrorName(of.name()),
                        new ReceiverSet.Source(
                                of.source().family(),
                                List.of(),
                                Optional.of(source),
                                of.source().preference()),
                        ReceiverSet.Spreading.ROUND_ROBIN,
                        new ReceiverSet.Delivery(of.localDelivery(), false, false)),
                mirror.sample());
    }

    /**
     * As long as names in the kernel's table may be, the mirror's too; a longer one is cut, and made unique by its
     * hash.
     */
    private String name(int port, StandardProtocolFamily family, ServiceRules.Group group) {
        String suffix = ":" + port + group.suffix() + (family == StandardProtocolFamily.INET6 ? ".ipv6" : "");
        String whole = service + suffix;
        int most = ListenerName.MAX_BYTES
                - (annotations.mirror().isPresent() ? ReceiverSet.mirrorName("").length() : 0);
        if (whole.getBytes(StandardCharsets.UTF_8).length <= most) {
            return whole;
        }
        String end = "~" + String.format("%08x", whole.hashCode()) + suffix;
        return service.toString().substring(0, most - end.length()) + end;
    }

    private static Set<InetAddress> ofFamily(Set<InetAddress> all, StandardProtocolFamily family) {
        int bytes = family == StandardProtocolFamily.INET6 ? 16 : 4;
        return all.stream()
                .filter(address -> address.getAddress().length == bytes)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static InetAddress wildcard(StandardProtocolFamily family) {
        return InetAddress.ofLiteral(family == StandardProtocolFamily.INET6 ? "::" : "0.0.0.0");
    }
}
