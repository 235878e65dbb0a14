package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.ServiceAddresses;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Moves datagrams from listeners to endpoints. All methods are called by the control loop's thread, in the network
 * namespace in which the datapath was opened.
 */
public interface Datapath extends AutoCloseable {
    /**
     * Puts an endpoint set in force, whole and at once: datagrams that come when this has returned, or
     * {@link #together} of which it is a part, go by it.
     *
     * @return done when also none of those that came before can go to an endpoint that is not in the set any more
     */
    CompletionStage<Void> apply(EndpointSet endpoints);

    /**
     * Compares what should be in the kernel with what is there, and mends the difference: the first time by setting
     * everything up, later after others have changed something. Safe to call at any time; changes nothing if all is
     * well.
     */
    void reconcile();

    /**
     * The endpoints of a listener's set in force that datagrams cannot be sent to at the moment, for example for want
     * of a route; they go to the others. Empty also if there is no such listener.
     */
    default Set<InetSocketAddress> leftOut(String listener) {
        return Set.of();
    }

    /**
     * Changes the listeners. What is the same before and after is not touched, and loses nothing; one that is new has
     * its endpoints before its first datagram, and takes datagrams before anything else is looked at.
     *
     * @param listeners all of them from now on
     * @param targets of the listeners, new and old, as far as they are known; others are passed over
     */
    void configure(List<ListenerConfig> listeners, ListenerTargets targets);

    /** As above, where nothing is known of new listeners yet. */
    default void configure(List<ListenerConfig> listeners) {
        configure(listeners, ListenerTargets.NONE);
    }

    /**
     * Makes several changes, by {@link #apply}, {@link #setVips} and {@link #setPeers}, for little more than the price
     * of one: what all listeners share is written once, at the end, and none waits for another. Each is in force when
     * this has returned, in the order in which they were made as far as the kernel lets that be seen.
     *
     * @throws RuntimeException what the changes threw; those before it are in force
     */
    default void together(Runnable changes) {
        changes.run();
    }

    /**
     * Why the last {@link #configure} is not in force, if it has failed and is tried again; what was before it is,
     * meanwhile.
     */
    default Optional<String> hindrance() {
        return Optional.empty();
    }

    /**
     * Makes a VIP-direct listener take datagrams for these addresses, and no others, from now on. Before the first call
     * it takes none, or those that an earlier daemon had it take.
     *
     * @param addresses the VIPs of its Service at the moment; may be empty
     */
    void setVips(String listener, Set<InetAddress> addresses);

    /**
     * Tells where datagrams are sent to that come to a listener by kube-proxy: connection tracking may lead them past
     * it.
     */
    default void setService(String listener, ServiceAddresses addresses) {}

    /**
     * Whether connection tracking was searched since a listener is served and its Service is known: what it remembers
     * from before leads nothing past the listener. Until then nobody should be told to send datagrams here. A search
     * that takes long is not waited for.
     */
    default boolean isTrackingClear(String listener) {
        return true;
    }

    /** Has somebody told when {@link #isTrackingClear} may have become true; on a thread of the datapath's. */
    default void onTrackingClear(Runnable observer) {}

    /**
     * Tells the way straight into the pods of this node, for listeners that are to take it. To endpoints that are not
     * in it datagrams go by the next hop.
     *
     * @param peers all that are known, by the pod's address
     */
    default void setPeers(Map<InetAddress, LocalPeer> peers) {}

    /** The interfaces of the roles that listeners wait on. */
    default RoleInterfaces roleInterfaces() {
        return RoleInterfaces.NONE;
    }

    /**
     * Tells which address of a range Kubernetes has of this node: that is where kube-proxy sends datagrams.
     *
     * @param addresses of each listener that publishes, by its name
     */
    default void setPublished(Map<String, InetAddress> addresses) {}

    /**
     * Whether an earlier daemon left endpoints of this listener in force, which then go on until {@link #apply}
     * replaces them.
     */
    default boolean hasAdopted(String listener) {
        return false;
    }

    /**
     * The endpoints that an earlier daemon left in force for this listener, each once; empty if there are none, if
     * {@link #apply} has replaced them, or if they cannot be read: another version's.
     */
    default Optional<List<InetSocketAddress>> adopted(String listener) {
        return Optional.empty();
    }

    /**
     * How a listener is served at the moment.
     *
     * @throws IllegalArgumentException if there is no such listener
     */
    ListenerState state(String listener);

    /** What each listener has done since its counters began, which may be before this process; by name. Any thread. */
    Map<String, ListenerCounters> counters();

    /** What the kernel program counts for all listeners together; empty where it is not at work. Any thread. */
    Optional<ProgramCounters> program();

    /** The flows that are remembered; empty if none are. Any thread. */
    default Optional<FlowCounters> flows() {
        return Optional.empty();
    }

    /** How often what was set up had to be mended, by kind; readable by any thread. */
    Map<String, Long> repairs();

    /** Who notices what the kernel tells nobody of; empty where there is no such thing. */
    default Optional<Lookout> lookout() {
        return Optional.empty();
    }

    /** As {@link Lookout#isIntact}; true where nobody looks. For the thread that reconciles. */
    default boolean looksIntact() {
        return lookout().map(Lookout::isIntact).orElse(true);
    }

    /** Endpoints about which ICMP port unreachable has come since the last call. For the thread that reconciles. */
    default Unreachable takeUnreachable() {
        return lookout().map(Lookout::takeUnreachable).orElse(Unreachable.NONE);
    }

    /** The chains of the node's packet filters that would drop listeners' datagrams, as of late. Any thread. */
    default List<FirewallState> firewall() {
        return List.of();
    }

    /** How many entries of connection tracking that led datagrams past a listener were deleted, by name. Any thread. */
    default Map<String, Long> staleFlows() {
        return Map.of();
    }

    /** Ends this process's part and leaves the kernel's working, if it can: a later daemon takes it over. */
    void release();

    /**
     * Ends a start that has failed before its first {@link #reconcile()} was done. What an earlier daemon left goes on
     * as if nobody had tried; if it left nothing, everything is taken back.
     */
    default void abandon() {
        close();
    }

    /** Takes everything back: from here on the kernel is as it was before, but for a dummy interface, which stays. */
    @Override
    void close();
}
