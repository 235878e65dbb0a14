package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interface that kube-proxy's datagrams are routed to: created if it is missing, adopted if it is there, and kept
 * up, NOARP, forwarding and with its addresses.
 *
 * <p>NOARP makes the link-layer destination of what is sent the interface's own address, so that it comes back in as a
 * packet for this host. Forwarding is needed because bpf_fib_lookup asks for it at the interface that the packet came
 * from.
 */
public final class DummyInterface {
    private static final Logger LOG = LoggerFactory.getLogger(DummyInterface.class);
    /** The alias of an interface that was made here, so that "detach" can tell it from an adopted one. */
    public static final String CREATED_BY_US = "udp-fanout";

    private static final String DUMMY = "dummy";
    private static final String BRIDGE = "bridge";

    private final String name;
    private final Network network;
    private final RepairLog repairs;
    /** What was in place when {@link #ensure} was done last: what of that is not, is repaired; the rest is new. */
    private boolean wasReady;

    private boolean tookAnswers;
    private boolean wasMended;
    private Set<InetAddress> assigned = Set.of();

    /** For the init container: sets the interface up, and mends nothing later. */
    public DummyInterface(String name, Network network) {
        this(name, network, new RepairLog());
    }

    public DummyInterface(String name, Network network, RepairLog repairs) {
        this.name = name;
        this.network = network;
        this.repairs = repairs;
    }

    /**
     * Makes the interface what it should be; does nothing where it is.
     *
     * @param addresses to be assigned, each as a host address
     * @param answers whether its addresses are steered, so that answers come in by it from the addresses that it has
     *     itself
     * @return the interface as it is now
     */
    public Link ensure(Iterable<InetAddress> addresses, boolean answers) {
        wasMended = false;
        Links links = network.links();
        Optional<Link> found = links.byName(name);
        Link link = found.isPresent() ? adopted(found.get()) : create();
        if (!link.noArp()) {
            links.setNoArp(link.index(), true);
            repairedIfReady(Repair.NOARP_SET);
        }
        if (!link.up()) {
            links.setUp(link.index());
            repairedIfReady(Repair.INTERFACE_SET_UP);
        }
        if (!links.ipv4Forwarding(link.index())) {
            links.setIpv4Forwarding(link.index(), true);
            repairedIfReady(Repair.FORWARDING_ENABLED);
        }
        if (answers && !links.ipv4AcceptLocal(link.index())) {
            links.setIpv4AcceptLocal(link.index(), true);
            repairedIf(tookAnswers, Repair.ACCEPT_LOCAL_ENABLED);
        }
        Set<InetAddress> wanted = new HashSet<>();
        for (InetAddress address : addresses) {
            wanted.add(address);
            if (address instanceof Inet6Address && Ipv6Forwarding.enableIfOff(name)) {
                repairedIf(assigned.contains(address), Repair.FORWARDING_ENABLED);
            }
            ensureAddress(link, address, answers);
        }
        wasReady = true;
        tookAnswers = answers;
        assigned = wanted;
        return links.byIndex(link.index()).orElse(link);
    }

    /** An interface of another kind carries somebody's traffic: it must not be steered into, nor made NOARP. */
    private Link adopted(Link link) {
        boolean hasPorts =
                network.links().all().stream().anyMatch(other -> other.master().equals(OptionalInt.of(link.index())));
        if (link.kind().equals(DUMMY) || (link.kind().equals(BRIDGE) && !hasPorts)) {
            return link;
        }
        throw new IllegalStateException("interface " + name + " exists and is "
                + (hasPorts ? "a bridge with ports" : "of kind \"" + link.kind() + "\"")
                + ", not a dummy; remove it, or give the listener another interface name");
    }

    /** Whether the last {@link #ensure} had to mend anything: then the routes may have gone with it. */
    public boolean wasMended() {
        return wasMended;
    }

    private void ensureAddress(Link link, InetAddress address, boolean isSteered) {
        boolean isThere = network.addresses().of(link.index()).stream()
                .map(InterfaceAddress::address)
                .anyMatch(address::equals);
        if (isThere) {
            return;
        }
        if (!assigned.contains(address)) {
            HostAddress.assign(network, link, address);
            return;
        }
        if (isSteered) {
            repairedIf(HostAddress.assignSteered(network, link, address), Repair.LOCAL_ROUTE_REMOVED);
        } else {
            HostAddress.assign(network, link, address);
        }
        repairedIf(true, Repair.ADDRESS_ADDED);
    }

    private void repairedIfReady(Repair repair) {
        repairedIf(wasReady, repair);
    }

    private void repairedIf(boolean wasInPlace, Repair repair) {
        if (wasInPlace) {
            wasMended = true;
            repairs.repaired(repair, name);
        }
    }

    private Link create() {
        // A new interface is not a repaired one: what follows is its first set-up.
        wasReady = false;
        tookAnswers = false;
        assigned = Set.of();
        Link link = createDummyOrBridge();
        network.links().setAlias(link.index(), CREATED_BY_US);
        LOG.atInfo()
                .addKeyValue("interface", name)
                .addKeyValue("kind", link.kind())
                .log("created dummy interface");
        return link;
    }

    /** Some kernels are built without the dummy driver; a bridge without ports drops what it is sent just the same. */
    private Link createDummyOrBridge() {
        try {
            return network.links().createDummy(name);
        } catch (SystemCallException e) {
            if (!e.errno().equals(Errno.ENOTSUP)) {
                throw e;
            }
            LOG.atWarn()
                    .addKeyValue("interface", name)
                    .log("this kernel has no dummy driver; using a bridge without ports in its place");
            return network.links().createBridge(name);
        }
    }
}
