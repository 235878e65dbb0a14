package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.kubernetes.discovery.EndpointDiscovery;
import dev.udpfanout.loader.kubernetes.discovery.VipWatch;
import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one set of receivers, and the listener that it is for, have going with Kubernetes.
 *
 * @param wanted the configuration that they were started for
 */
record ListenerSources(
        Wanted wanted,
        Optional<EndpointDiscovery> discovery,
        Optional<VipWatch> vips,
        Optional<ReadinessPublisher> publisher) {

    /**
     * What the configuration asks of Kubernetes for a set of receivers.
     *
     * @param receivers a listener's own or a mirror's
     * @param listener whose own they are, to be published; empty for a mirror's
     */
    record Wanted(ReceiverSet receivers, Optional<ListenerConfig> listener) {
        String name() {
            return receivers.name();
        }

        private boolean concernsKubernetes() {
            return receivers.kubernetes().isPresent()
                    || listener.flatMap(ListenerConfig::publish).isPresent();
        }

        private boolean isLike(Wanted other) {
            return receivers.kubernetes().equals(other.receivers.kubernetes())
                    && listener.map(Wanted::published).equals(other.listener.map(Wanted::published));
        }

        private static List<Object> published(ListenerConfig listener) {
            return List.of(listener.publish(), listener.vipDirect(), listener.bind(), listener.interfaces());
        }
    }

    /** What these listeners ask of Kubernetes, those left out that ask for nothing. */
    static Stream<Wanted> wanted(List<ListenerConfig> listeners) {
        return listeners.stream().flatMap(ListenerSources::wanted).filter(Wanted::concernsKubernetes);
    }

    private static Stream<Wanted> wanted(ListenerConfig listener) {
        return Stream.concat(
                Stream.of(new Wanted(listener.receivers(), Optional.of(listener))),
                listener.mirror().stream().map(mirror -> new Wanted(mirror.receivers(), Optional.empty())));
    }

    /** Whether they would be just the same for another configuration. */
    boolean fit(Wanted now) {
        return wanted.isLike(now);
    }

    /** Of all but the publisher's watch. */
    Stream<WatchState> watches() {
        return Stream.concat(discovery.map(EndpointDiscovery::state).stream(), vips.map(VipWatch::state).stream());
    }

    /** Of the publisher's watch as well. */
    Stream<WatchState> allWatches() {
        return Stream.concat(watches(), publisher.stream().flatMap(ReadinessPublisher::watchStates));
    }

    /** Ends all but the publisher. */
    void endWatches() {
        discovery.ifPresent(EndpointDiscovery::close);
        vips.ifPresent(VipWatch::close);
    }

    void close() {
        endWatches();
        publisher.ifPresent(ReadinessPublisher::close);
    }
}
