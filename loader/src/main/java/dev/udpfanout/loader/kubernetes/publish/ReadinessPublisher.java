package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import dev.udpfanout.loader.kubernetes.slice.SliceWatch;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Keeps a listener's EndpointSlice of this node for a LoadBalancer Service, by which MetalLB and kube-proxy know
 * whether to send datagrams here. The slice follows the Service: re-created, or with a port of another name, it is
 * applied anew; so it is when somebody else changes or deletes it. It belongs to the Service, so that it goes with it,
 * and carries the label {@code endpointslice.kubernetes.io/managed-by: udp-fanout}.
 */
public final class ReadinessPublisher implements AutoCloseable {
    private final ServiceName service;
    private final NodeSlice slice;
    private final PublisherLoop loop;
    private final ResourceWatch<Service> watch;
    private final SliceWatch slices;
    private volatile Consumer<List<Service>> observer = services -> {};

    /** As below, with the very address that is given. */
    public ReadinessPublisher(
            KubernetesClient client, ServiceName service, InetSocketAddress endpoint, String nodeName) {
        this(client, service, PublishedEndpoint.fixed(endpoint), nodeName);
    }

    ReadinessPublisher(
            KubernetesClient client,
            ServiceName service,
            InetSocketAddress endpoint,
            String nodeName,
            PublisherTiming timing) {
        this(client, service, PublishedEndpoint.fixed(endpoint), nodeName, timing);
    }

    /**
     * @param client stays the caller's to close, after this
     * @param endpoint where datagrams are to be sent
     * @param nodeName this node's, as Kubernetes calls it
     */
    public ReadinessPublisher(
            KubernetesClient client, ServiceName service, PublishedEndpoint endpoint, String nodeName) {
        this(client, service, endpoint, nodeName, PublisherTiming.DEFAULT);
    }

    ReadinessPublisher(
            KubernetesClient client,
            ServiceName service,
            PublishedEndpoint endpoint,
            String nodeName,
            PublisherTiming timing) {
        this.service = service;
        SliceApi api = new SliceApi(client);
        this.slice = new NodeSlice(api, service, endpoint.bind(), nodeName);
        EarlierSlice earlier = new EarlierSlice(api, service, nodeName);
        this.loop = new PublisherLoop(service, endpoint, slice, earlier, timing, this::isSliceWatched, this::isBlind);
        this.watch = new ResourceWatch<>(
                "Service " + service,
                () -> client.services()
                        .inNamespace(service.namespace())
                        .withName(service.name())
                        .runnableInformer(0),
                timing.watch(),
                this::report);
        this.slices = new SliceWatch("published slices of " + service, api, service, timing.slices(), loop::onSlices);
    }

    private void report(List<Service> services) {
        loop.onService(services);
        observer.accept(services);
    }

    /** Has somebody else told of the Service as well, once it is known and at each change; before {@link #start}. */
    public void observe(Consumer<List<Service>> another) {
        observer = another;
    }

    private boolean isSliceWatched() {
        return slices.state().connected();
    }

    /** Whether the API server answers, but does not give the slices: the role does not allow it. */
    private boolean isBlind() {
        WatchState state = slices.state();
        return watch.state().connected() && !state.synced() && state.errors() > 0;
    }

    /** Begins to follow the Service; returns at once, and does not fail. Nothing is published before the first wish. */
    public void start() {
        loop.start();
        startWatches();
    }

    /**
     * As {@link #start}, in the place of another publisher of the same slice, which ends without a last word. A request
     * that it may be in the middle of is waited for, by a thread of ours, so that what the API server gets last is
     * ours.
     */
    public void startAfter(ReadinessPublisher predecessor) {
        predecessor.end();
        loop.startAfter(predecessor.loop);
        startWatches();
    }

    private void startWatches() {
        watch.start();
        slices.start();
    }

    private void closeWatches() {
        watch.close();
        slices.close();
    }

    /** Whether it keeps the very slice that another one keeps. */
    public boolean keepsSliceOf(ReadinessPublisher other) {
        return service.namespace().equals(other.service.namespace())
                && slice.name().equals(other.slice.name());
    }

    /**
     * Publishes whether this node is ready. Returns at once; it is tried until it has worked, or another wish takes its
     * place.
     */
    public void publish(boolean ready) {
        loop.wish(ready ? Wish.READY : Wish.NOT_READY);
    }

    /**
     * Publishes that this node is on its way out: MetalLB gives the VIP to another node, and kube-proxy still delivers
     * what comes here meanwhile, if there is no ready endpoint that it could use.
     *
     * @param timeout for which to wait; it is still tried afterwards
     * @return whether it is published; also if there is no such Service, and thus no one to tell
     */
    public boolean withdraw(Duration timeout) {
        return loop.bringAbout(Wish.WITHDRAWN, timeout);
    }

    /**
     * Deletes the slice.
     *
     * @param timeout for which to wait; it is still tried afterwards
     * @return whether it is gone
     */
    public boolean remove(Duration timeout) {
        return loop.bringAbout(Wish.REMOVED, timeout);
    }

    /** How it is doing; any thread may ask. */
    public PublisherState state() {
        return loop.state();
    }

    /** How the watches for the Service and its slices are doing; any thread may ask. */
    public Stream<WatchState> watchStates() {
        return Stream.of(watch.state(), slices.state());
    }

    /** Ends all threads, after a request that may be under way; waits for that no longer than for the watch's end. */
    public void end() {
        closeWatches();
        loop.end();
    }

    /** Whether it was told to end, and nothing is under way any more. */
    public boolean hasEnded() {
        return loop.hasEnded();
    }

    /** Ends all threads. What is published stays so. */
    @Override
    public void close() {
        closeWatches();
        loop.close();
    }
}
