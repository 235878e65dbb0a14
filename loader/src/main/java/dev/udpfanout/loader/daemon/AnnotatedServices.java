package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.OwnNamespace;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ServedInterface;
import dev.udpfanout.loader.datapath.probe.OpenFiles;
import dev.udpfanout.loader.interception.InterfaceWatch;
import dev.udpfanout.loader.kubernetes.api.KubernetesClients;
import dev.udpfanout.loader.kubernetes.services.AnnotatedService;
import dev.udpfanout.loader.kubernetes.services.ListenerRoom;
import dev.udpfanout.loader.kubernetes.services.ServiceDirectory;
import dev.udpfanout.loader.kubernetes.services.ServiceEvents;
import dev.udpfanout.loader.kubernetes.services.ServicesInForce;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.status.ServiceInterface;
import dev.udpfanout.loader.status.ServicesStatus;
import dev.udpfanout.loader.status.WatchStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * The annotated Services that the configuration in force asks for, if it asks. Belongs to the control loop's thread.
 */
final class AnnotatedServices implements AutoCloseable {
    /** For how long a start waits for the Services: those that an earlier daemon served go on with their counters. */
    private static final Duration FIRST_LIST = Duration.ofSeconds(2);

    private final Inbox inbox;
    private final ListenerRoom room;
    private final boolean hasGroups;
    private final LongAdder events = new LongAdder();
    /** Of watches that have ended: counters do not go backwards. */
    private ShownSources.WatchTotals ended = ShownSources.WatchTotals.NONE;

    private Optional<Following> following = Optional.empty();
    private List<AnnotatedService> known = List.of();
    private ServicesInForce inForce = ServicesInForce.NONE;
    /** Of these, and of what the datapath left to kube-proxy, {@link #told} says which are not served. */
    private ServicesInForce toldOf = ServicesInForce.NONE;

    private Map<String, String> toldUnserved = Map.of();
    private ServicesInForce told = ServicesInForce.NONE;
    private final ConfigPart<Optional<ServicesConfig>> followed = new ConfigPart<>("services", this::follow);
    private Optional<ConfigPart<ServicesInForce>> served = Optional.empty();

    /** @param started the configuration of the daemon's start, by which the maps' room is made */
    AnnotatedServices(Inbox inbox, Config started) {
        this.room = ListenerRoom.of(started, OpenFiles.limit());
        this.hasGroups = started.services().isPresent();
        this.inbox = inbox;
    }

    /** What runs while Services are followed. */
    private record Following(
            KubernetesClient client,
            ServiceDirectory directory,
            ServiceEvents events,
            InterfaceWatch interfaces,
            CountDownLatch listed) {
        void end() {
            interfaces.close();
            directory.close();
            events.close();
            client.close();
        }
    }

    /** Follows what is wanted from now on; until the API server has answered, what is known stays. */
    private void follow(Optional<ServicesConfig> wanted) {
        close();
        if (wanted.isEmpty()) {
            known = List.of();
            return;
        }
        if (wanted.get().looksForInterfaces() && !hasGroups) {
            throw new IllegalStateException("the daemon had no `services` in its configuration when it started, so it"
                    + " cannot look for their interfaces; restart it, or name the interfaces in `vip_interfaces` and"
                    + " `pod_interfaces`");
        }
        KubernetesClient client = KubernetesClients.connect();
        CountDownLatch listed = new CountDownLatch(1);
        ServiceDirectory directory = new ServiceDirectory(client, wanted.get(), services -> {
            events.increment();
            inbox.post(new Event.ServicesChanged(services));
            listed.countDown();
        });
        InterfaceWatch interfaces = InterfaceWatch.start(wanted.get(), () -> inbox.post(new Event.InterfacesChanged()));
        following = Optional.of(new Following(client, directory, new ServiceEvents(client), interfaces, listed));
        directory.start();
    }

    /** As {@link #in}, for a start; waits a little until the Services have been listed, if any are followed. */
    Config first(Config file) {
        followed.attempt(file.services());
        awaitFirst();
        return in(file);
    }

    private void awaitFirst() {
        following.ifPresent(each -> {
            try {
                if (each.listed().await(FIRST_LIST.toNanos(), TimeUnit.NANOSECONDS)) {
                    inbox.latestServices().ifPresent(this::changed);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Takes over what there is now. */
    void changed(List<AnnotatedService> services) {
        known = services;
    }

    /** The configuration of the file with the listeners of the Services that can be served beside its own. */
    Config in(Config file) {
        followed.attempt(file.services());
        inForce = ServicesInForce.admit(file, known, OwnNamespace.detect(), room);
        following.ifPresent(each -> each.interfaces().vips(inForce.vips()));
        return inForce.in(file);
    }

    /** Those that the last call of {@link #in} has found. */
    ServicesInForce inForce() {
        return inForce;
    }

    /**
     * Gives the control loop what the Services have, as the last call of {@link #in} has found; again at each
     * comparison, until done.
     */
    void putInForce(ControlLoop control) {
        if (served.isEmpty()) {
            served = Optional.of(new ConfigPart<>("the annotated Services", control::services));
        }
        served.get().attempt(inForce);
    }

    /** Why what is wanted is not in force; empty if it is. */
    Optional<String> hindrance() {
        return followed.hindrance().or(() -> served.flatMap(ConfigPart::hindrance));
    }

    /** Tells the datapath on which interfaces Services are served; for the first time before it attaches anything. */
    void findInterfaces(Datapath datapath) {
        datapath.roleInterfaces()
                .find(following.map(each -> each.interfaces().latest()).orElse(List.of()));
    }

    /** Has the program on some more of them; where there are many, others' events are dealt with in between. */
    void attachSome(Datapath datapath) {
        if (datapath.roleInterfaces().attachSome()) {
            inbox.post(new Event.InterfacesChanged());
        }
    }

    /** Says on Services that they are not served, be it by what they are or for want of room in the kernel. */
    void tellRefused(Datapath datapath) {
        Map<String, String> unserved = datapath.roleInterfaces().unserved();
        if (inForce != toldOf || !unserved.equals(toldUnserved)) {
            toldOf = inForce;
            toldUnserved = unserved;
            told = inForce.without(unserved);
            following.ifPresent(each -> each.events().tell(told));
        }
    }

    /** How it goes; empty if no Services are followed. */
    Optional<ServicesStatus> status(Datapath datapath) {
        Map<String, String> refusals = told.refusals().entrySet().stream()
                .collect(Collectors.toMap(each -> each.getKey().toString(), Map.Entry::getValue));
        return following.map(each -> new ServicesStatus(
                watches(each.directory().states()),
                told.services().size() - refusals.size(),
                refusals,
                datapath.roleInterfaces().served().stream()
                        .map(AnnotatedServices::status)
                        .toList()));
    }

    private static ServiceInterface status(ServedInterface each) {
        return new ServiceInterface(
                each.found().name(),
                each.found().role().name().toLowerCase(Locale.ROOT),
                each.found().reason(),
                each.attachment(),
                each.fault());
    }

    private WatchStatus watches(List<WatchState> states) {
        ShownSources.WatchTotals totals = ended;
        for (WatchState state : states) {
            totals = totals.plus(state);
        }
        return ShownSources.status(states, totals, events.sum(), Map.of());
    }

    @Override
    public void close() {
        for (WatchState state : following.map(each -> each.directory().states()).orElse(List.of())) {
            ended = ended.plus(state);
        }
        following.ifPresent(Following::end);
        following = Optional.empty();
    }
}
