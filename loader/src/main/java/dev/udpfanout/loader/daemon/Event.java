package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.yaml.FileContent;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.ServiceAddresses;
import dev.udpfanout.loader.kubernetes.services.AnnotatedService;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Something that the control loop has to deal with. Each carries the whole of what is so now, not what has changed. */
sealed interface Event {
    /** Events of one key supersede each other. */
    Object key();

    /** When it happened, by System.nanoTime(). */
    long atNanos();

    /** What the control loop does about it, to complete the sentence "failed to …". */
    String handling();

    /** The same event, as if it had happened then. */
    Event since(long nanos);

    private static long now() {
        return System.nanoTime();
    }

    /** The network's configuration may not be what it was. */
    record NetworkChanged(long atNanos) implements Event {
        NetworkChanged() {
            this(now());
        }

        @Override
        public Object key() {
            return NetworkChanged.class;
        }

        @Override
        public String handling() {
            return "look at the changed network";
        }

        @Override
        public Event since(long nanos) {
            return new NetworkChanged(nanos);
        }
    }

    /** The endpoints that Kubernetes knows for a listener. */
    record Discovered(String listener, List<DiscoveredEndpoint> endpoints, long atNanos) implements Event {
        Discovered(String listener, List<DiscoveredEndpoint> endpoints) {
            this(listener, endpoints, now());
        }

        @Override
        public Object key() {
            return List.of(Discovered.class, listener);
        }

        @Override
        public String handling() {
            return "apply the endpoints of listener " + listener;
        }

        @Override
        public Event since(long nanos) {
            return new Discovered(listener, endpoints, nanos);
        }
    }

    /** The VIPs of a VIP-direct listener. */
    record Vips(String listener, Set<InetAddress> addresses, long atNanos) implements Event {
        Vips(String listener, Set<InetAddress> addresses) {
            this(listener, addresses, now());
        }

        @Override
        public Object key() {
            return List.of(Vips.class, listener);
        }

        @Override
        public String handling() {
            return "apply the VIPs of listener " + listener;
        }

        @Override
        public Event since(long nanos) {
            return new Vips(listener, addresses, nanos);
        }
    }

    /** Where datagrams of the Service that a listener is published for are sent to. */
    record ServiceChanged(String listener, ServiceAddresses addresses, long atNanos) implements Event {
        ServiceChanged(String listener, ServiceAddresses addresses) {
            this(listener, addresses, now());
        }

        @Override
        public Object key() {
            return List.of(ServiceChanged.class, listener);
        }

        @Override
        public String handling() {
            return "follow the Service of listener " + listener;
        }

        @Override
        public Event since(long nanos) {
            return new ServiceChanged(listener, addresses, nanos);
        }
    }

    /** The annotated Services that there are. */
    record ServicesChanged(List<AnnotatedService> services, long atNanos) implements Event {
        ServicesChanged(List<AnnotatedService> services) {
            this(services, now());
        }

        @Override
        public Object key() {
            return ServicesChanged.class;
        }

        @Override
        public String handling() {
            return "serve the annotated Services";
        }

        @Override
        public Event since(long nanos) {
            return new ServicesChanged(services, nanos);
        }
    }

    /** Services are served on other interfaces, or there is more to do on them: the loop asks the watch which. */
    record InterfacesChanged(long atNanos) implements Event {
        InterfacesChanged() {
            this(now());
        }

        @Override
        public Object key() {
            return InterfacesChanged.class;
        }

        @Override
        public String handling() {
            return "follow the interfaces on which Services are served";
        }

        @Override
        public Event since(long nanos) {
            return new InterfacesChanged(nanos);
        }
    }

    /** Connection tracking leads nothing past a listener any more: the end of the turn publishes it. */
    record TrackingClear(long atNanos) implements Event {
        TrackingClear() {
            this(now());
        }

        @Override
        public Object key() {
            return TrackingClear.class;
        }

        @Override
        public String handling() {
            return "publish what is ready";
        }

        @Override
        public Event since(long nanos) {
            return new TrackingClear(nanos);
        }
    }

    /** Some endpoint went up or down: the loop asks the health monitor which are down now. */
    record HealthChanged(long atNanos) implements Event {
        HealthChanged() {
            this(now());
        }

        @Override
        public Object key() {
            return HealthChanged.class;
        }

        @Override
        public String handling() {
            return "apply the health of endpoints";
        }

        @Override
        public Event since(long nanos) {
            return new HealthChanged(nanos);
        }
    }

    /** The addresses that are cut off because the link that leads to them is down. */
    record LinksChanged(Set<InetAddress> down, long atNanos) implements Event {
        LinksChanged(Set<InetAddress> down) {
            this(down, now());
        }

        @Override
        public Object key() {
            return LinksChanged.class;
        }

        @Override
        public String handling() {
            return "apply the state of the links to endpoints";
        }

        @Override
        public Event since(long nanos) {
            return new LinksChanged(down, nanos);
        }
    }

    /** The way straight into the pods of this node, by their addresses. */
    record PeersChanged(Map<InetAddress, LocalPeer> peers, long atNanos) implements Event {
        PeersChanged(Map<InetAddress, LocalPeer> peers) {
            this(peers, now());
        }

        @Override
        public Object key() {
            return PeersChanged.class;
        }

        @Override
        public String handling() {
            return "apply the ways into local pods";
        }

        @Override
        public Event since(long nanos) {
            return new PeersChanged(peers, nanos);
        }
    }

    /** The configuration file has another content. */
    record FileChanged(FileContent content, long atNanos) implements Event {
        FileChanged(FileContent content) {
            this(content, now());
        }

        @Override
        public Object key() {
            return FileChanged.class;
        }

        @Override
        public String handling() {
            return "reload the configuration";
        }

        @Override
        public Event since(long nanos) {
            return new FileChanged(content, nanos);
        }
    }
}
