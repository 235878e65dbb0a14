package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.datapath.InterfaceState;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.DummyInterface;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.RangeRoutes;
import dev.udpfanout.loader.datapath.network.Repair;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.network.Steering;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One interface with its listeners: what must be true of it, and the programs on its hooks. */
public final class AttachPoint {
    private static final Logger LOG = LoggerFactory.getLogger(AttachPoint.class);
    private static final int NO_INTERFACE = 0;

    private final Key key;
    private final Network network;
    private final RepairLog repairs;
    private final Optional<Pins> pins;
    private final Optional<Dummy> dummy;
    private final Hooks<HookPoint> hooks;
    private List<ListenerConfig> listeners = List.of();
    private Set<String> names = Set.of();
    private int ifindex = NO_INTERFACE;
    private boolean hasLinkLayer = true;
    private boolean wasThere;
    private boolean leftToOther;
    private boolean isSteered;
    private int mtuBytes;
    private String hardwareAddress = "";
    private final ListenerPathMtus pathMtus = new ListenerPathMtus();

    /** What listeners must have in common to share an attach point. */
    public record Key(String interfaceName, boolean isDummy, AttachMethod attach, Hook hook) {
        /** One for each interface that the listener names; those that it waits on by their role have none. */
        public static Stream<Key> of(ListenerConfig listener) {
            return listener.namedInterfaces().stream()
                    .map(name -> new Key(name, listener.isOnDummyInterface(), listener.attach(), listener.hook()));
        }
    }

    /** What only a dummy interface has. */
    private record Dummy(DummyInterface dummyInterface, Steering steering, RangeRoutes ranges) {}

    public AttachPoint(Key key, KernelProgram program, Network network, RepairLog repairs, Optional<Pins> pins) {
        this.key = key;
        this.network = network;
        this.repairs = repairs;
        this.pins = pins;
        this.hooks = new Hooks<>(program, network, repairs);
        this.dummy = key.isDummy()
                ? Optional.of(new Dummy(
                        new DummyInterface(key.interfaceName(), network, repairs),
                        new Steering(network, repairs),
                        new RangeRoutes(network, RangeRoutes.Way.PAST_HOOKS, repairs)))
                : Optional.empty();
    }

    public Key key() {
        return key;
    }

    /**
     * Takes effect at the next {@link #findInterface()} and {@link #connect()}.
     *
     * @return false if those would leave the interface as it is
     */
    boolean setListeners(List<ListenerConfig> newListeners) {
        boolean isSame = listeners.equals(newListeners)
                || (!isDummy() && isConnected() && ChainWish.areAlike(listeners, newListeners));
        listeners = List.copyOf(newListeners);
        names = newListeners.stream().map(ListenerConfig::name).collect(Collectors.toUnmodifiableSet());
        return !isSame;
    }

    /** Whether a listener stands here. */
    boolean has(String listener) {
        return names.contains(listener);
    }

    public List<ListenerConfig> listeners() {
        return listeners;
    }

    public String interfaceName() {
        return key.interfaceName();
    }

    public boolean isDummy() {
        return key.isDummy();
    }

    /** Those that are to have a program. */
    Set<HookPoint> hooks() {
        return wanted().keySet();
    }

    /** The program for each hook, by name. */
    private Map<HookPoint, String> wanted() {
        return NeededPrograms.onHooks(key, hasLinkLayer);
    }

    /** The interface's index while it is there. */
    public Optional<Integer> ifindex() {
        return ifindex == NO_INTERFACE ? Optional.empty() : Optional.of(ifindex);
    }

    /** The largest packet that the interface takes; 0 while it is not there. */
    int mtuBytes() {
        return mtuBytes;
    }

    /** The interface's own, for example {@code 02:00:00:00:00:01}; empty if it has none. */
    String hardwareAddress() {
        return hardwareAddress;
    }

    /** Whether every program is on its hook, attached as it is to be. */
    public boolean isConnected() {
        return ifindex != NO_INTERFACE && hooks.have(wanted(), key.attach());
    }

    /** Whether no program has gone from its hook without a message from the kernel. */
    boolean isHeld() {
        return hooks.areHeld();
    }

    private Optional<ChainWish> wish() {
        return ChainWish.of(listeners, this::ownAddress);
    }

    private InetAddress ownAddress(ListenerConfig listener) {
        InetAddress wildcard = listener.bind().getAddress();
        return network.addresses().of(ifindex).stream()
                .map(InterfaceAddress::address)
                .filter(wildcard.getClass()::isInstance)
                .findFirst()
                .orElse(wildcard);
    }

    /** Takes note of how many datagrams its listeners have been given so far, by name. */
    void observe(ToLongFunction<String> received) {
        hooks.observe(
                listeners.stream().map(ListenerConfig::name).mapToLong(received).sum());
    }

    /** How it serves its listeners. */
    InterfaceState state() {
        boolean isConnected = isConnected();
        String shadowedBy = hooks.shadowedBy();
        return new InterfaceState(
                interfaceName(),
                isConnected && shadowedBy.isEmpty(),
                isConnected ? hooks.methods() : "",
                hooks.behind(),
                shadowedBy);
    }

    private List<InetAddress> addresses() {
        return listeners.stream()
                .map(listener -> listener.bind().getAddress())
                .distinct()
                .sorted(Comparator.comparing(InetAddress::getHostAddress))
                .toList();
    }

    private List<Prefix> ranges() {
        return listeners.stream()
                .flatMap(listener -> listener.range().stream())
                .distinct()
                .toList();
    }

    /** Finds the interface, or makes it if it is a dummy; programs and routes are not touched yet. */
    public void findInterface() {
        dummy.ifPresent(present -> present.ranges().requireFree(ranges()));
        // Also without replies: the program tells senders by it that a packet is too big, as its listener's address.
        Optional<Link> link = dummy.isPresent()
                ? Optional.of(dummy.get().dummyInterface().ensure(addresses(), true))
                : network.links().byName(interfaceName());
        int found = link.map(Link::index).orElse(NO_INTERFACE);
        mtuBytes = link.map(Link::mtu).orElse(0);
        hardwareAddress = link.map(Link::hardwareAddress).orElse("");
        if (found == ifindex) {
            boolean wasMended =
                    dummy.stream().anyMatch(present -> present.dummyInterface().wasMended());
            if (isSteered && wasMended) {
                // The kernel puts local routes back with addresses: not one datagram more than need be goes by them.
                steer();
            }
            return;
        }
        // What was on the old interface went with it.
        hooks.forget();
        ifindex = found;
        hasLinkLayer = link.map(Link::hasEthernetHeader).orElse(hasLinkLayer);
        if (found == NO_INTERFACE) {
            LOG.atWarn()
                    .addKeyValue("interface", interfaceName())
                    .log("interface is gone; its listeners wait until it returns");
        } else if (wasThere) {
            repairs.repaired(Repair.INTERFACE_RETURNED, interfaceName());
        }
        wasThere = true;
    }

    /** Leaves the interface to another version's program for now, and says so once. */
    public void leaveToOther(Set<String> itsListeners) {
        if (!leftToOther) {
            LOG.atInfo()
                    .addKeyValue("interface", interfaceName())
                    .addKeyValue("listeners", itsListeners)
                    .log("keeping the program of another version until the endpoints are known");
        }
        leftToOther = true;
    }

    /**
     * Attaches the programs and steers, where that is not so yet. What is there instead goes when they are in place.
     */
    public void connect() {
        if (ifindex == NO_INTERFACE) {
            return;
        }
        Map<HookPoint, String> wanted = wanted();
        wanted.forEach((hook, name) ->
                hooks.ensure(hook, HookPlace.of(ifindex, interfaceName(), hook, pins), name, key.attach(), wish()));
        hooks.keys().stream().filter(hook -> !wanted.containsKey(hook)).forEach(hooks::takeOff);
        isSteered = true;
        steer();
    }

    private void steer() {
        if (dummy.isPresent()) {
            Optional<Link> link = network.links().byIndex(ifindex);
            link.ifPresent(present -> dummy.get()
                    .steering()
                    .ensure(present, addresses(), address -> pathMtus.smallestTo(address, listeners)));
            link.ifPresent(present ->
                    dummy.get().ranges().ensure(present, ranges(), range -> pathMtus.smallestTo(range, listeners)));
        }
    }

    /**
     * Has the routes to a dummy interface say how large a packet may be on the way to the endpoints.
     *
     * @param mtusBytes the smallest on the ways to the endpoints of each listener, by its name; one that has no bound
     *     is not in it
     */
    public void setPathMtus(Map<String, Integer> mtusBytes) {
        if (pathMtus.set(mtusBytes) && isSteered && ifindex != NO_INTERFACE) {
            steer();
        }
    }

    /** Takes the programs off and puts the routes back. */
    public void disconnect() {
        dummy.ifPresent(present -> present.steering().undo(interfaceName()));
        dummy.ifPresent(present -> present.ranges().undo(interfaceName()));
        hooks.keys().forEach(hooks::takeOff);
        ifindex = NO_INTERFACE;
        isSteered = false;
    }

    /**
     * Goes on from another attach point of this interface, with all that it has on its hooks: until {@link #connect}
     * has put something better there, that goes on.
     */
    public void takeOver(AttachPoint predecessor) {
        ifindex = predecessor.ifindex;
        wasThere = predecessor.wasThere;
        hasLinkLayer = predecessor.hasLinkLayer;
        hooks.takeOver(predecessor.hooks);
    }

    /** Lets go of everything and leaves it working. */
    public void release() {
        hooks.release();
    }
}
