package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.datapath.ListenerState;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which datapath serves which listener, and why; immutable.
 *
 * @param listeners all of them
 * @param modes what each asks for, by name: the state of thousands is asked for at each turn
 * @param userspace why those in user space are there, by name: {@code "configured"} or what made them fall back
 */
record ModeAssignment(List<ListenerConfig> listeners, Map<String, Mode> modes, Map<String, String> userspace) {
    private ModeAssignment(List<ListenerConfig> listeners, Map<String, String> userspace) {
        this(
                List.copyOf(listeners),
                listeners.stream()
                        .collect(Collectors.toUnmodifiableMap(
                                ListenerConfig::name, ListenerConfig::mode, (first, second) -> first)),
                Map.copyOf(userspace));
    }

    /**
     * Decides.
     *
     * @param refusal why the kernel datapath cannot be had; empty if it can
     * @param lost why listeners cannot be served by it although it can be had, by name
     * @throws KernelRefusedException if a listener must be in the kernel and cannot
     */
    static ModeAssignment decide(List<ListenerConfig> listeners, Optional<String> refusal, Map<String, String> lost) {
        Map<String, String> userspace = new LinkedHashMap<>();
        for (ListenerConfig listener : listeners) {
            if (listener.mode() == Mode.USERSPACE) {
                userspace.put(listener.name(), ListenerState.CONFIGURED);
            } else {
                refusal.or(() -> Optional.ofNullable(lost.get(listener.name())))
                        .ifPresent(reason -> userspace.put(listener.name(), reason));
            }
        }
        int before;
        do {
            before = userspace.size();
            for (ListenerConfig listener : listeners) {
                company(listener, listeners, userspace).ifPresent(reason -> userspace.put(listener.name(), reason));
            }
        } while (userspace.size() > before);
        for (ListenerConfig listener : listeners) {
            String reason = userspace.get(listener.name());
            if (reason != null && mustBeInKernel(listener)) {
                throw new KernelRefusedException(demand(listener) + " is not possible: " + reason, null);
            }
        }
        return new ModeAssignment(listeners, userspace);
    }

    /** An address on a dummy interface is delivered here or steered past its hooks: its listeners go together. */
    private static Optional<String> company(
            ListenerConfig listener, List<ListenerConfig> listeners, Map<String, String> userspace) {
        if (userspace.isEmpty() || userspace.containsKey(listener.name())) {
            return Optional.empty();
        }
        return listeners.stream()
                .filter(other -> userspace.containsKey(other.name()) && listener.sharesAddresses(other))
                .findFirst()
                .map(other -> "shares " + shared(listener, other) + " with listener " + other.name()
                        + ", which is in user space");
    }

    private static String shared(ListenerConfig listener, ListenerConfig other) {
        InetAddress address = listener.bind().getAddress();
        return address.equals(other.bind().getAddress()) ? address.getHostAddress() : "published addresses";
    }

    private static boolean mustBeInKernel(ListenerConfig listener) {
        return listener.mode() == Mode.TC_EBPF || listener.kernelOnly().isPresent();
    }

    private static String demand(ListenerConfig listener) {
        return "listener " + listener.name() + ": "
                + (listener.mode() == Mode.TC_EBPF
                        ? "mode: tc_ebpf"
                        : listener.kernelOnly().orElseThrow() + ", which only tc_ebpf can do,");
    }

    List<ListenerConfig> inKernel() {
        return listeners.stream()
                .filter(listener -> !isInUserspace(listener.name()))
                .toList();
    }

    List<ListenerConfig> inUserspace() {
        return listeners.stream()
                .filter(listener -> isInUserspace(listener.name()))
                .toList();
    }

    /**
     * Those that leave user space for the next assignment, and those that it has there: none is without a datapath. One
     * whose port another needs, as after a change of its name, cannot stay.
     */
    List<ListenerConfig> inUserspaceUntil(ModeAssignment next) {
        return Stream.concat(
                        inUserspace().stream()
                                .filter(listener -> !next.isInUserspace(listener.name())
                                        && next.inUserspace().stream().noneMatch(listener::excludes)),
                        next.inUserspace().stream())
                .toList();
    }

    /** Those in the kernel that may go to user space. */
    List<ListenerConfig> movableToUserspace() {
        return inKernel().stream()
                .filter(listener ->
                        listener.mode() == Mode.AUTO && listener.kernelOnly().isEmpty())
                .toList();
    }

    boolean has(String name) {
        return modes.containsKey(name);
    }

    boolean isInUserspace(String name) {
        return userspace.containsKey(name);
    }

    /** Why a listener is where it is. */
    String reason(String name) {
        return userspace.getOrDefault(
                name, modes.get(name) == Mode.AUTO ? ListenerState.AUTO : ListenerState.CONFIGURED);
    }

    /** Whether it is in user space because the kernel would not have it. */
    boolean isFallback(String name) {
        return isInUserspace(name) && !reason(name).equals(ListenerState.CONFIGURED);
    }
}
