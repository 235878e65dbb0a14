package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import dev.udpfanout.loader.kubernetes.slice.SliceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final FaultLog faultLog;
    private volatile SliceEndpoints found = SliceEndpoints.NONE;
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
        this.faultLog = new FaultLog(service, port);
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

    /** How many endpoints are left out now, by reason. Any thread may ask. */
    public Map<String, Long> leftOut() {
        SliceEndpoints latest = found;
        Map<String, Long> byReason = new LinkedHashMap<>();
        for (SliceFault.Kind kind : SliceFault.Kind.values()) {
            if (kind != SliceFault.Kind.BAD_WEIGHT) {
                byReason.put(kind.label(), latest.leftOut(kind));
            }
        }
        return byReason;
    }

    private void report(List<EndpointSlice> slices) {
        found = SliceEndpoints.of(slices, port, SliceWatch.MAX_ENDPOINTS, watch.leftOutEndpoints());
        reportNone(slices.stream().allMatch(SliceLabels::isOfANode));
        faultLog.report(found.faults());
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

    /** Ends the watch; the consumer is not called any more once this has returned. */
    @Override
    public void close() {
        watch.close();
    }
}
