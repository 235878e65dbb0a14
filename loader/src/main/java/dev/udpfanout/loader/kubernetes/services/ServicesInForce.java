package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InterfaceRole;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The annotated Services that are served beside the listeners of the file, which go first: a Service that wants what
 * another one or a listener has, or for which there is no room, is refused, and kube-proxy goes on.
 *
 * @param services all, served or refused
 */
public record ServicesInForce(List<AnnotatedService> services) {
    /** None. */
    public static final ServicesInForce NONE = new ServicesInForce(List.of());

    public ServicesInForce {
        services = List.copyOf(services);
    }

    /**
     * Admits Services one after the other, in their order.
     *
     * @param room of the node's maps, for the file and for Services together
     */
    public static ServicesInForce admit(
            Config file, List<AnnotatedService> wanted, String ownNamespace, ListenerRoom room) {
        Admitted admitted = new Admitted(file.listeners(), ownNamespace, room);
        return new ServicesInForce(wanted.stream().map(admitted::add).toList());
    }

    /**
     * The same, some of whose listeners the datapath leaves to kube-proxy at the moment.
     *
     * @param unserved why, by the listener's name
     */
    public ServicesInForce without(Map<String, String> unserved) {
        return unserved.isEmpty()
                ? this
                : new ServicesInForce(services.stream()
                        .map(service -> service.listeners().stream()
                                .map(each -> each.config().name())
                                .filter(unserved::containsKey)
                                .findFirst()
                                .map(name -> service.unserved(name + " is left to kube-proxy, since "
                                        + unserved.get(name) + "; the daemon tries again with each comparison"))
                                .orElse(service))
                        .toList());
    }

    private List<ServedListener> served() {
        return services.stream().flatMap(each -> each.listeners().stream()).toList();
    }

    /** The configuration of the file with the listeners of the Services behind its own. */
    public Config in(Config file) {
        List<ListenerConfig> all = new ArrayList<>(file.listeners());
        served().forEach(each -> all.add(each.config()));
        return file.withListeners(all);
    }

    /** The Services' addresses, by listener. */
    public Map<String, Set<InetAddress>> addresses() {
        return served().stream().collect(Collectors.toMap(each -> each.config().name(), ServedListener::addresses));
    }

    /** The addresses for which datagrams come in from outside, and those that go with them. */
    public Set<InetAddress> vips() {
        return served().stream()
                .filter(each -> each.config().interfaces().contains(InterfaceRole.VIPS.place()))
                .flatMap(each -> each.addresses().stream())
                .collect(Collectors.toSet());
    }

    /** The Services' endpoints, by listener, and those of their mirrors. */
    public Map<String, List<DiscoveredEndpoint>> endpoints() {
        Map<String, List<DiscoveredEndpoint>> all = new HashMap<>();
        for (ServedListener each : served()) {
            all.put(each.config().name(), each.endpoints());
            each.config()
                    .mirror()
                    .ifPresent(mirror -> all.put(mirror.receivers().name(), each.copies()));
        }
        return all;
    }

    /** Why Services are not served. */
    public Map<ServiceName, String> refusals() {
        Map<ServiceName, String> refusals = new LinkedHashMap<>();
        services.forEach(each -> each.refusal().ifPresent(reason -> refusals.put(each.name(), reason)));
        return refusals;
    }

    /**
     * Interfaces of a role whose sources the kernel judges differently are in groups of their own, each with its keys:
     * as a rule there is one, at times two.
     */
    private static final int GROUPS_OF_ROLE = 2;

    /** What is taken so far. */
    private static final class Admitted {
        private final List<ListenerConfig> file;
        private final String ownNamespace;
        private final Map<InetSocketAddress, String> owners = new HashMap<>();
        private final ListenerRoom room;
        private int sets;
        private int keys;
        private int allowed;

        Admitted(List<ListenerConfig> file, String ownNamespace, ListenerRoom room) {
            this.file = file;
            this.room = room;
            this.keys = file.stream()
                    .mapToInt(listener -> listener.interfaces().size())
                    .sum();
            this.ownNamespace = ownNamespace;
            this.sets = ListenerConfig.receiverSets(file).size();
            this.allowed = file.stream().mapToInt(Admitted::allowed).sum();
        }

        private static int allowed(ListenerConfig listener) {
            return listener.admission().allow().size();
        }

        /** The listener, and its mirror. */
        private static int sets(ServedListener listener) {
            return (int) listener.config().receiverSets().count();
        }

        /** One for each address on each interface; more where a role of interfaces stands for several groups. */
        private static int keys(ServedListener listener) {
            int places = listener.config().interfaces().stream()
                    .mapToInt(name -> InterfaceRole.of(name).isPresent() ? GROUPS_OF_ROLE : 1)
                    .sum();
            return listener.addresses().size() * places;
        }

        AnnotatedService add(AnnotatedService service) {
            if (service.refusal().isPresent()) {
                return service;
            }
            Optional<String> obstacle = obstacle(service);
            if (obstacle.isPresent()) {
                return service.refused(obstacle.get());
            }
            for (ServedListener each : service.listeners()) {
                sets += sets(each);
                keys += keys(each);
                allowed += allowed(each.config());
                places(each).forEach(place -> owners.put(place, service.name().toString()));
            }
            return service;
        }

        private Optional<String> obstacle(AnnotatedService service) {
            int moreAllowed = service.listeners().stream()
                    .mapToInt(each -> allowed(each.config()))
                    .sum();
            int moreSets = service.listeners().stream().mapToInt(Admitted::sets).sum();
            int moreKeys = service.listeners().stream().mapToInt(Admitted::keys).sum();
            Optional<String> lacking = room.lacking(sets + moreSets, keys + moreKeys);
            if (lacking.isPresent()) {
                return lacking;
            }
            if (allowed + moreAllowed > Limits.MAX_ALLOWED_SOURCES) {
                return Optional.of("all listeners together have more than " + Limits.MAX_ALLOWED_SOURCES
                        + " source prefixes; shorten loadBalancerSourceRanges");
            }
            return service.listeners().stream()
                    .flatMap(each -> owner(service.name(), each).stream())
                    .findFirst();
        }

        private Optional<String> owner(ServiceName service, ServedListener wanted) {
            for (ListenerConfig listener : file) {
                if (isSame(listener, service, wanted)) {
                    return Optional.of("port " + wanted.config().bind().getPort() + " is the listener "
                            + listener.name() + " of the configuration file; remove that listener, or the annotation");
                }
            }
            for (InetSocketAddress place : places(wanted)) {
                String owner = owners.get(place);
                if (owner != null && !owner.equals(service.toString())) {
                    return Optional.of(AddressText.of(place.getAddress()) + " port " + place.getPort()
                            + " is served for the Service " + owner + " already; use another address or port");
                }
            }
            return Optional.empty();
        }

        private boolean isSame(ListenerConfig listener, ServiceName service, ServedListener wanted) {
            if (!listener.vipDirect()) {
                return places(wanted).stream().anyMatch(listener::takes);
            }
            return listener.bind().getPort() == wanted.config().bind().getPort()
                    && listener.publish()
                            .filter(target -> name(target).equals(service))
                            .isPresent();
        }

        private ServiceName name(PublishTarget target) {
            return new ServiceName(target.namespace().orElse(ownNamespace), target.service());
        }

        private static List<InetSocketAddress> places(ServedListener listener) {
            int port = listener.config().bind().getPort();
            return listener.addresses().stream()
                    .map(address -> new InetSocketAddress(address, port))
                    .toList();
        }
    }
}
