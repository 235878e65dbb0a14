package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import dev.udpfanout.loader.kubernetes.slice.SliceWatch;
import dev.udpfanout.loader.kubernetes.watch.PageSize;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Follows the annotated Services and their EndpointSlices, of all namespaces or of those that the configuration names:
 * two watches for all of them, or two a namespace. While the API server cannot be reached, what is known stays.
 */
public final class ServiceDirectory implements AutoCloseable {
    /** Of one answer to a list. */
    private static final long SERVICES_A_PAGE = 200;

    private final ServiceReadings readings;
    private final Consumer<List<AnnotatedService>> onChange;
    /** One for each namespace; one for all. */
    private final Map<Optional<String>, Scope> scopes = new LinkedHashMap<>();

    /**
     * @param client stays the caller's to close, after this
     * @param onChange told of all of them once they and their endpoints are known, and after every change, in the order
     *     in which they were made. Called on threads of the watches, by one at a time; must be quick
     */
    public ServiceDirectory(KubernetesClient client, ServicesConfig config, Consumer<List<AnnotatedService>> onChange) {
        this(client, config, onChange, WatchTiming.DEFAULT);
    }

    ServiceDirectory(
            KubernetesClient client,
            ServicesConfig config,
            Consumer<List<AnnotatedService>> onChange,
            WatchTiming timing) {
        this.readings = new ServiceReadings(config);
        this.onChange = onChange;
        if (config.namespaces().isEmpty()) {
            scopes.put(Optional.empty(), new Scope(client, Optional.empty(), timing));
        }
        config.namespaces().stream()
                .sorted()
                .map(Optional::of)
                .forEach(each -> scopes.put(each, new Scope(client, each, timing)));
    }

    /** What is watched together. */
    private final class Scope {
        private final ResourceWatch<Service> services;
        private final SliceWatch slices;
        private final PageSize page = new PageSize(SERVICES_A_PAGE);
        private volatile ServiceStore store = new ServiceStore();
        private Optional<List<Service>> knownServices = Optional.empty();
        private Optional<List<EndpointSlice>> knownSlices = Optional.empty();

        Scope(KubernetesClient client, Optional<String> namespace, WatchTiming timing) {
            String where = namespace.map(name -> "namespace " + name).orElse("all namespaces");
            this.services = new ResourceWatch<>(
                    "Services of " + where,
                    () -> informer(client, namespace),
                    timing,
                    found -> changed(() -> knownServices = Optional.of(found)),
                    () -> store.isOutdated());
            this.slices = new SliceWatch(
                    "endpoints of the Services of " + where,
                    new SliceApi(client),
                    namespace,
                    timing,
                    found -> changed(() -> knownSlices = Optional.of(found)));
        }

        private SharedIndexInformer<Service> informer(KubernetesClient client, Optional<String> namespace) {
            store = new ServiceStore();
            var all = client.services();
            return (namespace.isPresent() ? all.inNamespace(namespace.get()) : all.inAnyNamespace())
                    .withLimit(page.next(services.state()))
                    .runnableInformer(0)
                    .itemStore(store);
        }

        boolean isKnown() {
            return knownServices.isPresent() && knownSlices.isPresent();
        }
    }

    /** Begins to look; returns at once, and does not fail, whether there is an API server or not. */
    public void start() {
        scopes.values().forEach(scope -> {
            scope.services.start();
            scope.slices.start();
        });
    }

    private synchronized void changed(Runnable note) {
        note.run();
        if (scopes.values().stream().allMatch(Scope::isKnown)) {
            List<Service> services = new ArrayList<>();
            List<EndpointSlice> slices = new ArrayList<>();
            for (Scope scope : scopes.values()) {
                scope.knownServices.ifPresent(services::addAll);
                scope.knownSlices.ifPresent(slices::addAll);
            }
            onChange.accept(readings.of(services, slices));
        }
    }

    /** How the watches are doing; any thread may ask. */
    public List<WatchState> states() {
        return scopes.values().stream()
                .flatMap(scope -> Stream.of(scope.services.state(), scope.slices.state()))
                .toList();
    }

    /** Ends the watches; the consumer is not called any more once this has returned. */
    @Override
    public void close() {
        Collection<Scope> all = scopes.values();
        all.forEach(scope -> {
            scope.services.close();
            scope.slices.close();
        });
    }
}
