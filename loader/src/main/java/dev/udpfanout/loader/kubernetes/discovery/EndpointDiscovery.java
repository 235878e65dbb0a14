package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import dev.udpfanout.loader.kubernetes.slice.SliceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a Service's endpoints and follows them. While the API server cannot be reached, the last ones stay.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/">EndpointSlice</a>
 */
public final class EndpointDiscovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointDiscovery.class);

    private final ServiceName service;
    private final Port port;
    private final Consumer<List<DiscoveredEndpoint>> onChange;
    private final SliceWatch watch;
    private final Set<String> reportedWithoutPort = new HashSet<>();
    private final Set<String> reportedBadWeight = new HashSet<>();
    private List<DiscoveredEndpoint> last;
    private boolean reportedNone;

    /**
     * @param client stays the caller's to close, after this
     * @param port which port of the endpoints receives
     * @param onChange told of all endpoints, used or not, in the order of their addresses, once they are known and
     *     whenever they change; the list may be empty. Called on a thread of the discovery; must be quick
     */
    public EndpointDiscovery(
            KubernetesClient client, ServiceName service, Port port, Consumer<List<DiscoveredEndpoint>> onChange) {
        this(client, service, port, onChange, WatchTiming.DEFAULT);
    }

    EndpointDiscovery(
            KubernetesClient client,
            ServiceName service,
            Port port,
            Consumer<List<DiscoveredEndpoint>> onChange,
            WatchTiming timing) {
        this.service = service;
        this.port = port;
        this.onChange = onChange;
        this.watch = new SliceWatch("endpoints of " + service, new SliceApi(client), service, timing, this::report);
    }

    /** Begins to look; returns at once, and does not fail, whether there is an API server or not. */
    public void start() {
        watch.start();
    }

    /** Whether the endpoints were known at least once. */
    public boolean hasSynced() {
        return watch.state().synced();
    }

    /** How the watch is doing; any thread may ask. */
    public WatchState state() {
        return watch.state();
    }

    private void report(List<EndpointSlice> slices) {
        SliceEndpoints found = SliceEndpoints.of(slices, port);
        reportNone(slices.stream().allMatch(SliceLabels::isOfANode));
        reportWithoutPort(found.slicesWithoutPort());
        reportBadWeight(found.slicesWithBadWeight());
        if (!found.endpoints().equals(last)) {
            last = found.endpoints();
            onChange.accept(last);
        }
    }

    /**
     * Kubernetes has a slice for each Service with a selector, though it may be empty: without any, a name is wrong as
     * a rule.
     */
    private void reportNone(boolean isNone) {
        if (isNone && !reportedNone) {
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .log(
                            "there is no EndpointSlice of this Service: is it there, in this namespace, and has it a selector?");
        }
        reportedNone = isNone;
    }

    private void reportWithoutPort(List<String> slices) {
        reportedWithoutPort.retainAll(slices);
        for (String slice : slices) {
            if (reportedWithoutPort.add(slice)) {
                LOG.atWarn()
                        .addKeyValue("service", service)
                        .addKeyValue("slice", slice)
                        .addKeyValue("port", port)
                        .log("EndpointSlice has no such UDP port; its endpoints are left out");
            }
        }
    }

    private void reportBadWeight(List<String> slices) {
        reportedBadWeight.retainAll(slices);
        for (String slice : slices) {
            if (reportedBadWeight.add(slice)) {
                LOG.atWarn()
                        .addKeyValue("service", service)
                        .addKeyValue("slice", slice)
                        .log(
                                "EndpointSlice has an annotation {} that is not in 1..{}; its endpoints count as 1",
                                SliceWeight.ANNOTATION,
                                Downstream.MAX_WEIGHT);
            }
        }
    }

    /** Ends the watch; the consumer is not called any more once this has returned. */
    @Override
    public void close() {
        watch.close();
    }
}
