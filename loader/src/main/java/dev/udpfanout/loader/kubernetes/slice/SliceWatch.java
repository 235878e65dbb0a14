package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.function.Consumer;

/**
 * Follows all EndpointSlices of a Service, whoever keeps them. While the API server cannot be reached, the last ones
 * stay.
 */
public final class SliceWatch implements AutoCloseable {
    private final ResourceWatch<HasMetadata> watch;

    /**
     * @param what is followed, for threads and log lines
     * @param onState told of all slices, in no order, after the first list and after every change. Called on a thread
     *     of the watch; must be quick
     */
    public SliceWatch(
            String what, SliceApi api, ServiceName service, WatchTiming timing, Consumer<List<EndpointSlice>> onState) {
        this.watch = new ResourceWatch<>(
                what, () -> api.informer(service), timing, slices -> onState.accept(SliceApi.read(slices)));
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
