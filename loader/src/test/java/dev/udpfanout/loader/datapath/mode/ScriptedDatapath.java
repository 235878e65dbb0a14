package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.ProgramCounters;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** A datapath that fails when it is told to, and notes what is asked of it. */
final class ScriptedDatapath implements SwitchableDatapath {
    private final String mode;
    private final List<String> calls;
    private final Set<String> listeners = new LinkedHashSet<>();
    private boolean attached = true;
    private RuntimeException failure;

    /** @param calls shared with the other datapath, so that the order of both can be told */
    ScriptedDatapath(String mode, List<String> calls) {
        this.mode = mode;
        this.calls = calls;
    }

    ScriptedDatapath with(List<ListenerConfig> all) {
        listeners.addAll(all.stream().map(ListenerConfig::name).toList());
        return this;
    }

    /** From now on everything fails that has to attach something. */
    void fail(RuntimeException with) {
        failure = with;
        attached = false;
    }

    void recover() {
        failure = null;
        attached = true;
    }

    @Override
    public CompletionStage<Void> apply(EndpointSet endpoints) {
        calls.add(mode + " apply " + endpoints.listener());
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void reconcile() {
        if (failure != null && !listeners.isEmpty()) {
            throw failure;
        }
    }

    @Override
    public void configure(List<ListenerConfig> all, ListenerTargets targets) {
        listeners.clear();
        with(all);
        String known =
                listeners.stream().filter(targets.endpoints()::containsKey).collect(Collectors.joining(","));
        calls.add(mode + " " + listeners + (known.isEmpty() ? "" : " knowing " + known));
        reconcile();
    }

    @Override
    public void setVips(String listener, Set<InetAddress> addresses) {
        calls.add(mode + " vips " + listener);
    }

    @Override
    public void setPeers(Map<InetAddress, LocalPeer> peers) {
        if (!peers.isEmpty()) {
            calls.add(mode + " peers");
        }
    }

    @Override
    public ListenerState state(String listener) {
        return new ListenerState(mode, ListenerState.CONFIGURED, attached, attached ? "scripted" : "");
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
        calls.add(mode + " release");
    }

    @Override
    public void close() {
        calls.add(mode + " close");
    }
}
