package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.kubernetes.discovery.EndpointDiscovery;
import dev.udpfanout.loader.kubernetes.discovery.VipWatch;
import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one listener has going with Kubernetes.
 *
 * @param listener the configuration that they were started for
 */
record ListenerSources(
        ListenerConfig listener,
        Optional<EndpointDiscovery> discovery,
        Optional<VipWatch> vips,
        Optional<ReadinessPublisher> publisher) {

    /** Whether they would be just the same for another configuration. */
    boolean fit(ListenerConfig now) {
        return listener.kubernetes().equals(now.kubernetes())
                && listener.publish().equals(now.publish())
                && listener.vipDirect() == now.vipDirect()
                && listener.bind().equals(now.bind())
                && listener.interfaces().equals(now.interfaces());
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
