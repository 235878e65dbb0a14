package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.datapath.ListenerState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Listeners of annotated Services for which the kernel has no room or no memory at the moment. LISTENERS has no key of
 * theirs, so kube-proxy serves them, and no other listener is kept from anything. They are tried again whenever their
 * endpoints are put in place, which each comparison does. A listener of the file has nobody else to serve it: what goes
 * wrong with it is thrown.
 */
final class UnservedServices {
    private final Supplier<Map<String, ListenerConfig>> listeners;
    private final Map<String, String> reasonBySet = new HashMap<>();
    private Map<String, String> withoutRoom = Map.of();

    /** @param listeners all that there are at the moment, by name */
    UnservedServices(Supplier<Map<String, ListenerConfig>> listeners) {
        this.listeners = listeners;
    }

    /**
     * Does a step without which a set's endpoints are not in place.
     *
     * @param onChange called if a listener is left to kube-proxy from now on, or is no more
     * @return what the step returns; empty if it has failed, and the set is of a Service
     * @throws RuntimeException what the step throws, if the set is a listener's of the file
     */
    <T> Optional<T> attempt(ReceiverSet set, Supplier<Optional<T>> step, Runnable onChange) {
        Optional<T> result;
        try {
            result = step.get();
        } catch (RuntimeException e) {
            if (!isOfService(set)) {
                throw e;
            }
            String reason = "the kernel refuses its endpoints: " + e.getMessage();
            if (reasonBySet.put(set.name(), reason) == null) {
                onChange.run();
            }
            return Optional.empty();
        }
        if (reasonBySet.remove(set.name()) != null) {
            onChange.run();
        }
        return result;
    }

    /**
     * Does a step that is done again when the set's endpoints are put in place.
     *
     * @throws RuntimeException what the step throws, if the set is a listener's of the file
     */
    void tolerate(ReceiverSet set, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            if (!isOfService(set)) {
                throw e;
            }
        }
    }

    private boolean isOfService(ReceiverSet set) {
        return listeners.get().values().stream()
                .filter(ListenerConfig::isOfService)
                .flatMap(ListenerConfig::receiverSets)
                .anyMatch(each -> each.name().equals(set.name()));
    }

    /** Those for whose keys LISTENERS has no room, and no others, from now on. */
    void withoutRoom(Set<String> names, int mostKeys) {
        Map<String, String> reasons = new HashMap<>();
        String reason = "the map LISTENERS has room for " + mostKeys
                + " addresses, each counted once for each kind of interface, and all are taken";
        names.forEach(name -> reasons.put(name, reason));
        withoutRoom = Map.copyOf(reasons);
    }

    /** Whether room for keys is lacking: then each change may have others without it. */
    boolean isAnyWithoutRoom() {
        return !withoutRoom.isEmpty();
    }

    /** Why a listener is left to kube-proxy; empty if it is not. */
    Optional<String> reason(ListenerConfig listener) {
        if (reasonBySet.isEmpty() && withoutRoom.isEmpty()) {
            return Optional.empty();
        }
        return listener.receiverSets()
                .map(set -> reasonBySet.get(set.name()))
                .filter(reason -> reason != null)
                .findFirst()
                .or(() -> Optional.ofNullable(withoutRoom.get(listener.name())));
    }

    /** How such a listener is served: not at all; empty if it is none of these. */
    Optional<ListenerState> state(String listener) {
        return Optional.ofNullable(listeners.get().get(listener))
                .flatMap(this::reason)
                .map(reason -> new ListenerState(ListenerState.TC_EBPF, reason, false, ""));
    }

    /** All of them, by name, and why. */
    Map<String, String> reasons() {
        if (reasonBySet.isEmpty() && withoutRoom.isEmpty()) {
            return Map.of();
        }
        Map<String, String> reasons = new HashMap<>();
        listeners.get().values().forEach(each -> reason(each).ifPresent(reason -> reasons.put(each.name(), reason)));
        return Map.copyOf(reasons);
    }

    /** Forgets those of all other sets. */
    void retain(Set<String> sets) {
        reasonBySet.keySet().retainAll(sets);
    }
}
