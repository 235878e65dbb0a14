package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.kubernetes.api.LiteralAddress;
import dev.udpfanout.loader.kubernetes.api.Present;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Follows the addresses that a LoadBalancer Service was given: {@code status.loadBalancer.ingress[].ip}. While the API
 * server cannot be reached, the last ones stay.
 */
public final class VipWatch implements AutoCloseable {
    private final Consumer<Set<InetAddress>> onChange;
    private final ResourceWatch<Service> watch;
    private Set<InetAddress> last;

    /**
     * @param client stays the caller's to close, after this
     * @param onChange told of all addresses once they are known and whenever they change; none if there is no such
     *     Service or it was not given any. Called on a thread of the watch; must be quick
     */
    public VipWatch(KubernetesClient client, ServiceName service, Consumer<Set<InetAddress>> onChange) {
        this(client, service, onChange, WatchTiming.DEFAULT);
    }

    VipWatch(KubernetesClient client, ServiceName service, Consumer<Set<InetAddress>> onChange, WatchTiming timing) {
        this.onChange = onChange;
        this.watch = new ResourceWatch<>(
                "VIPs of " + service,
                () -> client.services()
                        .inNamespace(service.namespace())
                        .withName(service.name())
                        .runnableInformer(0),
                timing,
                this::report);
    }

    /** Begins to look; returns at once, and does not fail, whether there is an API server or not. */
    public void start() {
        watch.start();
    }

    /** Whether it was known at least once which addresses there are. */
    public boolean hasSynced() {
        return watch.state().synced();
    }

    /** How the watch is doing; any thread may ask. */
    public WatchState state() {
        return watch.state();
    }

    private void report(List<Service> services) {
        Set<InetAddress> vips = services.stream()
                .map(VipWatch::addresses)
                .flatMap(Collection::stream)
                .collect(Collectors.toUnmodifiableSet());
        if (!vips.equals(last)) {
            last = vips;
            onChange.accept(vips);
        }
    }

    private static Set<InetAddress> addresses(Service service) {
        return Optional.ofNullable(service.getStatus())
                .map(ServiceStatus::getLoadBalancer)
                .map(LoadBalancerStatus::getIngress)
                .map(Present::in)
                .orElse(List.of())
                .stream()
                .map(LoadBalancerIngress::getIp)
                .map(LiteralAddress::parse)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    /** Ends the watch; the consumer is not called any more once this has returned. */
    @Override
    public void close() {
        watch.close();
    }
}
