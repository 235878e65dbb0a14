package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.watch.PageSize;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Follows all EndpointSlices of a Service, whoever keeps them; of a Service with too many endpoints the first by the
 * slices' names. While the API server cannot be reached, the last ones stay.
 */
public final class SliceWatch implements AutoCloseable {
    /** Of a Service; a listener takes no more. */
    public static final int MAX_ENDPOINTS = 65_536;

    /** Of one answer to a list: with more of them, an answer may be longer than a client takes. */
    static final long SLICES_A_PAGE = 10;

    /** Of all Services that are followed together. */
    static final int MAX_ENDPOINTS_OF_ALL = 262_144;

    /** Of one answer to a list of all Services' slices, which have a hundred endpoints each as a rule. */
    static final long SLICES_OF_ALL_A_PAGE = 100;

    private final ResourceWatch<HasMetadata> watch;
    private final PageSize pageOfAll = new PageSize(SLICES_OF_ALL_A_PAGE);
    private volatile Optional<SliceStore<?>> store = Optional.empty();

    /**
     * @param what is followed, for threads and log lines
     * @param onState told of all slices, in no order, after the first list and after every change. Called on a thread
     *     of the watch; must be quick
     */
    public SliceWatch(
            String what, SliceApi api, ServiceName service, WatchTiming timing, Consumer<List<EndpointSlice>> onState) {
        this(what, page -> api.informer(service), timing, onState);
    }

    /** As above, for all Services of a namespace, or of all namespaces. */
    public SliceWatch(
            String what,
            SliceApi api,
            Optional<String> namespace,
            WatchTiming timing,
            Consumer<List<EndpointSlice>> onState) {
        this(what, page -> api.informer(namespace, page), timing, onState);
    }

    private SliceWatch(
            String what,
            LongFunction<SliceInformer> informers,
            WatchTiming timing,
            Consumer<List<EndpointSlice>> onState) {
        this.watch = new ResourceWatch<>(
                what,
                () -> informer(informers),
                timing,
                slices -> onState.accept(SliceApi.read(slices)),
                () -> store.filter(SliceStore::isOutdated).isPresent());
    }

    private SharedIndexInformer<? extends HasMetadata> informer(LongFunction<SliceInformer> informers) {
        SliceInformer next = informers.apply(pageOfAll.next(watch.state()));
        store = Optional.of(next.store());
        return next.informer();
    }

    /** How many endpoints there are beyond {@link #MAX_ENDPOINTS}, in slices that nobody is told of. Any thread. */
    public int leftOutEndpoints() {
        return store.map(SliceStore::leftOutEndpoints).orElse(0);
    }

    /** Begins to look; returns at once, and does not fail, whether there is an API server or not. */
    public void start() {
        watch.start();
    }

    /** How the watch is doing; any thread may ask. */
    public WatchState state() {
        return watch.state();
    }

    /** Ends the watch; the consumer is not called any more once this has returned. */
    @Override
    public void close() {
        watch.close();
    }
}
