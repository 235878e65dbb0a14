package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The datapaths that are open, for what is asked of both. */
record DatapathPair(Optional<SwitchableDatapath> kernel, Optional<SwitchableDatapath> userspace) {
    /** What each listener, and each mirror, has done in the mode that it is in now. */
    Map<String, ListenerCounters> counters(List<ListenerConfig> listeners) {
        Map<String, ListenerCounters> found = new HashMap<>();
        kernel.ifPresent(present -> found.putAll(present.counters()));
        userspace.ifPresent(present -> found.putAll(present.counters()));
        Map<String, ListenerCounters> all = new LinkedHashMap<>();
        for (ReceiverSet set : ListenerConfig.receiverSets(listeners)) {
            all.put(set.name(), found.getOrDefault(set.name(), ListenerCounters.ZERO));
        }
        return all;
    }

    /** Those of some listeners that do not get their datagrams in the kernel. */
    List<ListenerConfig> unattachedInKernel(List<ListenerConfig> listeners) {
        return listeners.stream()
                .filter(listener -> kernel.stream()
                        .noneMatch(present -> present.state(listener.name()).attached()))
                .toList();
    }

    /**
     * Why listeners are not in the kernel, by name: what is known so far, and this reason for those of some that are
     * not attached.
     */
    Map<String, String> refusedByKernel(List<ListenerConfig> listeners, Map<String, String> soFar, String reason) {
        Map<String, String> refused = new HashMap<>(soFar);
        unattachedInKernel(listeners).forEach(listener -> refused.put(listener.name(), reason));
        return refused;
    }

    Optional<FlowCounters> flows() {
        return kernel.flatMap(Datapath::flows).or(() -> userspace.flatMap(Datapath::flows));
    }

    Optional<Lookout> lookout() {
        List<Lookout> all =
                both().flatMap(present -> present.lookout().stream()).toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(new JointLookout(all));
    }

    List<FirewallState> firewall() {
        return both().flatMap(present -> present.firewall().stream()).toList();
    }

    /**
     * How often what was set up had to be mended, by kind.
     *
     * @param others of other kinds, which neither knows
     */
    Map<String, Long> repairs(Map<String, Long> others) {
        Map<String, Long> all = new HashMap<>(others);
        both().forEach(present -> present.repairs().forEach((repair, count) -> all.merge(repair, count, Long::sum)));
        return all;
    }

    private Stream<SwitchableDatapath> both() {
        return Stream.concat(kernel.stream(), userspace.stream());
    }

    /** @throws RuntimeException if one of them fails to end; the other has ended all the same */
    void end(Consumer<Datapath> ending) {
        Failures failures = new Failures();
        kernel.ifPresent(present -> failures.collect(() -> ending.accept(present)));
        userspace.ifPresent(present -> failures.collect(() -> ending.accept(present)));
        failures.throwIfAny();
    }
}
