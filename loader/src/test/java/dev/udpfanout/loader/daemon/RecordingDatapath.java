package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.ProgramCounters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Remembers what it was told last, and can refuse. */
final class RecordingDatapath implements Datapath {
    /** In the order in which they were applied last. */
    final Map<String, EndpointSet> applied = new LinkedHashMap<>();

    final Map<String, Set<InetAddress>> vips = new HashMap<>();
    /** Listeners whose endpoint sets it cannot put in force. */
    final Set<String> refusing = new HashSet<>();

    /** Endpoints that it has no way to. */
    final Set<InetSocketAddress> unroutable = new HashSet<>();

    final Set<String> adopted = new HashSet<>();
    /** What an earlier daemon left, of listeners of which that is known. */
    final Map<String, List<InetSocketAddress>> left = new HashMap<>();

    volatile List<ListenerConfig> listeners = List.of();

    /** Thrown when it is to change its listeners. */
    volatile Optional<RuntimeException> configureFailure = Optional.empty();

    /** What it was told with its listeners. */
    ListenerTargets targetsOfLast = ListenerTargets.NONE;

    boolean attached = true;
    /** How it was ended: released, closed or abandoned. */
    String end = "";

    /** Thrown when it is asked for a listener's state. */
    Optional<Error> stateFailure = Optional.empty();

    Optional<RuntimeException> reconcileFailure = Optional.empty();

    @Override
    public CompletionStage<Void> apply(EndpointSet endpoints) {
        if (refusing.contains(endpoints.listener())) {
            throw new IllegalStateException("refused: " + endpoints.listener());
        }
        if (!endpoints.equals(applied.get(endpoints.listener()))) {
            applied.remove(endpoints.listener());
            applied.put(endpoints.listener(), endpoints);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public Set<InetSocketAddress> leftOut(String listener) {
        return Set.copyOf(unroutable);
    }

    @Override
    public void reconcile() {
        if (reconcileFailure.isPresent()) {
            throw reconcileFailure.get();
        }
    }

    @Override
    public void configure(List<ListenerConfig> newListeners, ListenerTargets targets) {
        if (configureFailure.isPresent()) {
            throw configureFailure.get();
        }
        listeners = newListeners;
        Set<String> names = newListeners.stream().map(ListenerConfig::name).collect(Collectors.toSet());
        applied.keySet().retainAll(names);
        vips.keySet().retainAll(names);
        targetsOfLast = targets;
    }

    @Override
    public void setVips(String listener, Set<InetAddress> addresses) {
        vips.put(listener, addresses);
    }

    @Override
    public boolean hasAdopted(String listener) {
        return adopted.contains(listener);
    }

    @Override
    public Optional<List<InetSocketAddress>> adopted(String listener) {
        return applied.containsKey(listener) ? Optional.empty() : Optional.ofNullable(left.get(listener));
    }

    @Override
    public ListenerState state(String listener) {
        if (stateFailure.isPresent()) {
            throw stateFailure.get();
        }
        return new ListenerState(ListenerState.TC_EBPF, ListenerState.CONFIGURED, attached, "tcx");
    }

    @Override
    public Map<String, ListenerCounters> counters() {
        return Map.of();
    }

    @Override
    public Optional<ProgramCounters> program() {
        return Optional.empty();
    }

    @Override
    public Map<String, Long> repairs() {
        return Map.of();
    }

    @Override
    public void release() {
        end = "released";
    }

    @Override
    public void close() {
        end = "closed";
    }

    @Override
    public void abandon() {
        end = "abandoned";
    }
}
