package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerTargets;
import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.ProgramCounters;
import dev.udpfanout.loader.datapath.RoleInterfaces;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Has each listener served in the kernel or in user space, as its mode says and the node allows, and moves it from one
 * to the other under load. A listener that has fallen back stays in user space until the next {@link #configure}.
 */
public final class ModeSelectingDatapath implements Datapath {
    private final Backends backends;
    private final ModeLog log = new ModeLog();
    private final WantedTargets targets = new WantedTargets();
    private final KernelPatience patience = new KernelPatience();
    private final Map<String, String> lost = new HashMap<>();
    private volatile Optional<SwitchableDatapath> kernel = Optional.empty();
    private volatile Optional<SwitchableDatapath> userspace = Optional.empty();
    private volatile ModeAssignment assignment;
    private Optional<PendingChange> pending = Optional.empty();
    private final boolean kernelHadPredecessor;
    private final EarlierLeftovers leftovers;

    /**
     * Opens what listeners need, the kernel only if one may be in it. Attaches nothing before {@link #reconcile()}.
     *
     * @throws KernelRefusedException if a listener must be in the kernel and cannot
     */
    public ModeSelectingDatapath(List<ListenerConfig> listeners, Backends backends) {
        this.backends = backends;
        this.leftovers = new EarlierLeftovers(backends);
        ModeAssignment hoped = ModeAssignment.decide(listeners, Optional.empty(), lost);
        // To be seen only now: opening pins maps of this process's own.
        kernelHadPredecessor = !hoped.inKernel().isEmpty() && backends.hasKernelLeftovers();
        assignment = ModeAssignment.decide(listeners, openKernelFor(hoped.inKernel()), lost);
        try {
            if (!assignment.inUserspace().isEmpty()) {
                userspace = Optional.of(backends.openUserspace(assignment.inUserspace()));
            }
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
        log.fallbacks(ModeAssignment.decide(List.of(), Optional.empty(), Map.of()), assignment);
    }

    /** Why it cannot be opened; empty if it is open or not needed. */
    private Optional<String> openKernelFor(List<ListenerConfig> wanted) {
        if (kernel.isPresent() || wanted.isEmpty()) {
            return Optional.empty();
        }
        try {
            kernel = Optional.of(targets.told(backends.openKernel(wanted)));
            return Optional.empty();
        } catch (KernelRefusedException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public CompletionStage<Void> apply(EndpointSet set) {
        targets.endpoints(set);
        return serving(set.listener()).map(each -> each.apply(set)).orElse(CompletableFuture.completedStage(null));
    }

    @Override
    public void together(Runnable changes) {
        kernel.ifPresentOrElse(present -> present.together(changes), changes);
    }

    @Override
    public void setVips(String listener, Set<InetAddress> addresses) {
        targets.vips(listener, addresses);
        serving(listener).ifPresent(datapath -> datapath.setVips(listener, addresses));
    }

    @Override
    public void setPeers(Map<InetAddress, LocalPeer> known) {
        targets.peers(known, kernel);
    }

    @Override
    public void setPublished(Map<String, InetAddress> addresses) {
        targets.published(addresses, kernel);
    }

    @Override
    public RoleInterfaces roleInterfaces() {
        return targets.interfaces(() -> kernel);
    }

    private Optional<SwitchableDatapath> serving(String listener) {
        return assignment.isInUserspace(listener) ? userspace : kernel;
    }

    @Override
    public void reconcile() {
        Failures failures = new Failures();
        kernel.ifPresent(present -> failures.collect(() -> reconcileKernel(present)));
        userspace.ifPresent(present -> failures.collect(present::reconcile));
        failures.collect(() -> leftovers.removeOfUserspace(assignment.inUserspace()));
        pending.ifPresent(change -> failures.collect(() -> configure(change.listeners())));
        failures.throwIfAny();
        kernel.ifPresentOrElse(present -> {}, leftovers::removeOfKernel);
    }

    private void reconcileKernel(SwitchableDatapath present) {
        try {
            present.reconcile();
            patience.served();
        } catch (RuntimeException e) {
            patience.failed();
            Optional<String> reason = backends.refusal(e);
            if (reason.isEmpty() || !patience.isOver() || !loseUnattached(reason.get())) {
                throw e;
            }
            patience.beginAnew();
            move(ModeAssignment.decide(assignment.listeners(), Optional.empty(), lost));
        }
    }

    /** False if there is no listener that may go to user space. */
    private boolean loseUnattached(String reason) {
        List<ListenerConfig> unattached = both().unattachedInKernel(assignment.movableToUserspace());
        unattached.forEach(listener -> lost.put(listener.name(), reason));
        return !unattached.isEmpty();
    }

    @Override
    public void configure(List<ListenerConfig> listeners, ListenerTargets known) {
        targets.add(known);
        Map<String, String> lostBefore = Map.copyOf(lost);
        lost.clear();
        try {
            ModeAssignment hoped = ModeAssignment.decide(listeners, Optional.empty(), lost);
            move(ModeAssignment.decide(listeners, openKernelFor(hoped.inKernel()), lost));
        } catch (RuntimeException e) {
            lost.putAll(lostBefore);
            pending = Optional.of(new PendingChange(listeners, String.valueOf(e.getMessage())));
            throw e;
        }
        pending = Optional.empty();
        targets.retain(listeners);
    }

    @Override
    public Optional<String> hindrance() {
        return pending.map(PendingChange::failure);
    }

    /**
     * Each datapath takes over what is new to it before the other one lets go of it. While both could, the kernel
     * decides for each datagram: by the route on a dummy interface, by the program's place before any socket on a NIC.
     */
    private void move(ModeAssignment next) {
        ModeAssignment before = assignment;
        takeOverInUserspace(next);
        ModeAssignment settled = configureKernel(next);
        assignment = settled;
        userspace.ifPresent(present -> present.configure(settled.inUserspace(), targets.current()));
        log.changed(before, assignment);
    }

    /** Those that are to go to the kernel stay for the time being, as they are. */
    private void takeOverInUserspace(ModeAssignment next) {
        if (next.inUserspace().isEmpty()) {
            return;
        }
        userspace = userspace.or(() -> Optional.of(backends.openUserspace(List.of())));
        userspace.get().configure(assignment.inUserspaceUntil(next), targets.current());
    }

    /** A listener that the kernel refuses stays in, or goes to, user space. */
    private ModeAssignment configureKernel(ModeAssignment next) {
        if (kernel.isEmpty()) {
            return next;
        }
        try {
            kernel.get().configure(next.inKernel(), targets.current());
            patience.hasServed();
            return next;
        } catch (RuntimeException e) {
            Optional<String> reason = backends.refusal(e);
            Map<String, String> refused = both().refusedByKernel(next.inKernel(), lost, reason.orElse(""));
            if (reason.isEmpty() || refused.equals(lost)) {
                kernel.get().configure(assignment.inKernel(), targets.current());
                throw e;
            }
            ModeAssignment settled = decideOrGoBack(next, refused);
            lost.putAll(refused);
            takeOverInUserspace(settled);
            kernel.get().configure(settled.inKernel(), targets.current());
            return settled;
        }
    }

    private ModeAssignment decideOrGoBack(ModeAssignment next, Map<String, String> refused) {
        try {
            return ModeAssignment.decide(next.listeners(), Optional.empty(), refused);
        } catch (KernelRefusedException e) {
            kernel.orElseThrow().configure(assignment.inKernel(), targets.current());
            throw e;
        }
    }

    @Override
    public Set<InetSocketAddress> leftOut(String listener) {
        return serving(listener).map(datapath -> datapath.leftOut(listener)).orElse(Set.of());
    }

    @Override
    public boolean hasAdopted(String listener) {
        return serving(listener).map(datapath -> datapath.hasAdopted(listener)).orElse(false);
    }

    @Override
    public Optional<List<InetSocketAddress>> adopted(String listener) {
        return serving(listener).flatMap(datapath -> datapath.adopted(listener));
    }

    @Override
    public ListenerState state(String listener) {
        return pending.filter(change -> !assignment.has(listener))
                .flatMap(change -> change.state(listener))
                .orElseGet(() -> serving(listener)
                        .orElseThrow(() -> new IllegalArgumentException("no listener " + listener))
                        .state(listener)
                        .because(assignment.reason(listener)));
    }

    @Override
    public Map<String, ListenerCounters> counters() {
        return both().counters(assignment.listeners());
    }

    @Override
    public Optional<ProgramCounters> program() {
        return kernel.flatMap(Datapath::program);
    }

    @Override
    public Optional<FlowCounters> flows() {
        return both().flows();
    }

    @Override
    public Map<String, Long> repairs() {
        return both().repairs(log.repairs());
    }

    @Override
    public Optional<Lookout> lookout() {
        return both().lookout();
    }

    @Override
    public List<FirewallState> firewall() {
        return both().firewall();
    }

    @Override
    public void release() {
        both().end(Datapath::release);
    }

    /** In the kernel it is all or nothing: where a program has taken an earlier one's place, it has its maps too. */
    @Override
    public void abandon() {
        both().end(kernelHadPredecessor ? Datapath::release : Datapath::close);
    }

    @Override
    public void close() {
        both().end(Datapath::close);
    }

    private DatapathPair both() {
        return new DatapathPair(kernel, userspace);
    }
}
