package dev.udpfanout.loader.datapath.conntrack;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.ServiceAddresses;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.ProgramCounters;
import dev.udpfanout.loader.datapath.RoleInterfaces;
import dev.udpfanout.loader.datapath.Unreachable;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * A datapath whose listeners get what connection tracking would lead past them: when it begins to serve a listener,
 * when it has mended something, and when the listener's Service changes, stale entries are deleted.
 */
public final class FlowClearingDatapath implements Datapath {
    private final Datapath serving;
    private final StaleFlowSweeper sweeper = new StaleFlowSweeper();
    private final Map<String, ServiceAddresses> services = new HashMap<>();
    private List<ListenerConfig> listeners;
    private Map<String, Long> repairsBefore = Map.of();
    private Map<String, InetAddress> publishedBefore = Map.of();

    /** @param serving closed with this */
    public FlowClearingDatapath(List<ListenerConfig> listeners, Datapath serving) {
        this.listeners = List.copyOf(listeners);
        this.serving = serving;
    }

    @Override
    public void reconcile() {
        try {
            serving.reconcile();
        } finally {
            clear();
        }
    }

    @Override
    public void configure(List<ListenerConfig> newListeners) {
        configure(newListeners, ListenerTargets.NONE);
    }

    @Override
    public void configure(List<ListenerConfig> newListeners, ListenerTargets targets) {
        try {
            serving.configure(newListeners, targets);
            listeners = List.copyOf(newListeners);
            services.keySet()
                    .retainAll(newListeners.stream().map(ListenerConfig::name).collect(Collectors.toSet()));
        } finally {
            clear();
        }
    }

    @Override
    public void setService(String listener, ServiceAddresses addresses) {
        services.put(listener, addresses);
        serving.setService(listener, addresses);
        clear();
    }

    private void clear() {
        Map<String, Long> repairs = serving.repairs();
        Set<ListenerFront> fronts =
                listeners.stream().flatMap(listener -> front(listener).stream()).collect(Collectors.toSet());
        sweeper.follow(fronts, !repairs.equals(repairsBefore));
        repairsBefore = repairs;
    }

    private Optional<ListenerFront> front(ListenerConfig listener) {
        return ListenerFront.of(
                listener,
                serving.state(listener.name()),
                services.getOrDefault(listener.name(), ServiceAddresses.NONE));
    }

    @Override
    public boolean isTrackingClear(String listener) {
        return listeners.stream().filter(each -> each.name().equals(listener)).allMatch(each -> front(each)
                .map(front -> isServiceKnown(each) && sweeper.isClear(front))
                .orElse(true));
    }

    private boolean isServiceKnown(ListenerConfig listener) {
        return listener.publish().isEmpty() || services.containsKey(listener.name());
    }

    @Override
    public void onTrackingClear(Runnable observer) {
        sweeper.observe(observer);
    }

    @Override
    public CompletionStage<Void> apply(EndpointSet endpoints) {
        return serving.apply(endpoints);
    }

    @Override
    public void together(Runnable changes) {
        serving.together(changes);
    }

    @Override
    public Set<InetSocketAddress> leftOut(String listener) {
        return serving.leftOut(listener);
    }

    @Override
    public Optional<String> hindrance() {
        return serving.hindrance();
    }

    @Override
    public void setVips(String listener, Set<InetAddress> addresses) {
        serving.setVips(listener, addresses);
    }

    @Override
    public void setPublished(Map<String, InetAddress> addresses) {
        serving.setPublished(addresses);
        if (!addresses.equals(publishedBefore)) {
            // kube-proxy changes its rules now: entries made before it has are as stale as those from before.
            publishedBefore = Map.copyOf(addresses);
            sweeper.again();
        }
    }

    @Override
    public void setPeers(Map<InetAddress, LocalPeer> peers) {
        serving.setPeers(peers);
    }

    @Override
    public RoleInterfaces roleInterfaces() {
        return serving.roleInterfaces();
    }

    @Override
    public boolean hasAdopted(String listener) {
        return serving.hasAdopted(listener);
    }

    @Override
    public Optional<List<InetSocketAddress>> adopted(String listener) {
        return serving.adopted(listener);
    }

    @Override
    public ListenerState state(String listener) {
        return serving.state(listener);
    }

    @Override
    public Map<String, ListenerCounters> counters() {
        return serving.counters();
    }

    @Override
    public Optional<ProgramCounters> program() {
        return serving.program();
    }

    @Override
    public Optional<FlowCounters> flows() {
        return serving.flows();
    }

    @Override
    public Map<String, Long> repairs() {
        return serving.repairs();
    }

    @Override
    public Optional<Lookout> lookout() {
        return serving.lookout();
    }

    @Override
    public boolean looksIntact() {
        return serving.looksIntact();
    }

    @Override
    public Unreachable takeUnreachable() {
        return serving.takeUnreachable();
    }

    @Override
    public List<FirewallState> firewall() {
        return serving.firewall();
    }

    @Override
    public Map<String, Long> staleFlows() {
        return sweeper.deleted();
    }

    @Override
    public void release() {
        sweeper.close();
        serving.release();
    }

    @Override
    public void abandon() {
        sweeper.close();
        serving.abandon();
    }

    @Override
    public void close() {
        sweeper.close();
        serving.close();
    }
}
