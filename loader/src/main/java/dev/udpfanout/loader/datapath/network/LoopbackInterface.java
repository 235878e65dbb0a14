package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loopback interface, if a listener stands on it for senders on the node itself. What the program gives back to the
 * stack there, to be cut or as a reply, has one of the node's own addresses as its source, and no route yet: the stack
 * takes it with {@code accept_local} alone (__fib_validate_source in net/ipv4/fib_frontend.c). The setting lets nothing
 * else in: nobody but the node itself sends by that interface.
 */
public final class LoopbackInterface {
    /** In every network namespace: LOOPBACK_IFINDEX, include/net/flow.h. */
    public static final int INDEX = 1;

    private static final Logger LOG = LoggerFactory.getLogger(LoopbackInterface.class);

    /** The alias by which {@link #undo} knows that the setting is ours, also after a crash. */
    private static final String ACCEPTS_BY_US = "udp-fanout accept_local";

    private final Network network;
    private final RepairLog repairs;
    private boolean wasReady;

    public LoopbackInterface(Network network, RepairLog repairs) {
        this.network = network;
        this.repairs = repairs;
    }

    /**
     * Has it take packets from the node's own addresses while a listener stands on it; does nothing where that is so.
     */
    public void set(boolean hasListener) {
        network.links().byIndex(INDEX).ifPresent(link -> {
            if (hasListener) {
                ensure(link);
            } else {
                undo(network, link);
            }
        });
        wasReady = hasListener;
    }

    private void ensure(Link loopback) {
        Links links = network.links();
        if (links.ipv4AcceptLocal(INDEX)) {
            return;
        }
        // First: after a crash in between, what is undone was off anyway.
        if (loopback.alias().isEmpty()) {
            links.setAlias(INDEX, ACCEPTS_BY_US);
        }
        links.setIpv4AcceptLocal(INDEX, true);
        if (wasReady) {
            repairs.repaired(Repair.ACCEPT_LOCAL_ENABLED, loopback.name());
        }
    }

    /** Takes the setting back if it is ours, of this interface alone; whether it was. */
    public static boolean undo(Network network, Link loopback) {
        if (loopback.index() != INDEX || !loopback.alias().equals(ACCEPTS_BY_US)) {
            return false;
        }
        network.links().setIpv4AcceptLocal(loopback.index(), false);
        network.links().setAlias(loopback.index(), "");
        LOG.atInfo().addKeyValue("interface", loopback.name()).log("put accept_local back");
        return true;
    }
}
