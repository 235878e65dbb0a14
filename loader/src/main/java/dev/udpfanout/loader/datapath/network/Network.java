package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.address.Addresses;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbours;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import dev.udpfanout.bindings.rtnetlink.rule.Rules;
import dev.udpfanout.bindings.rtnetlink.tc.Qdiscs;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilters;
import java.util.Optional;

/** The network configuration of one namespace, over one rtnetlink socket. Belongs to the thread that opened it. */
public final class Network implements AutoCloseable {
    /** Of a burst of events the first few count, and that the others were lost. */
    private static final int ROUTING_BYTES = 64 << 10;

    private final RtnetlinkSocket socket;
    private final Links links;
    private final Addresses addresses;
    private final Routes routes;
    private final Rules rules;
    private final Neighbours neighbours;
    private final Qdiscs qdiscs;
    private final TcFilters filters;
    private Optional<RouteMonitor> routing = Optional.empty();

    private Network(RtnetlinkSocket socket) {
        this.socket = socket;
        this.links = new Links(socket);
        this.addresses = new Addresses(socket);
        this.routes = new Routes(socket);
        this.rules = new Rules(socket);
        this.neighbours = new Neighbours(socket);
        this.qdiscs = new Qdiscs(socket);
        this.filters = new TcFilters(socket);
    }

    /** Opens the calling thread's network namespace. */
    public static Network open() {
        return new Network(RtnetlinkSocket.open());
    }

    public Links links() {
        return links;
    }

    public Addresses addresses() {
        return addresses;
    }

    public Routes routes() {
        return routes;
    }

    public Rules rules() {
        return rules;
    }

    public Neighbours neighbours() {
        return neighbours;
    }

    public Qdiscs qdiscs() {
        return qdiscs;
    }

    public TcFilters filters() {
        return filters;
    }

    /**
     * Tells of changes of links, routes, rules and next hops, from the first call on. There is one such watch, for one
     * reader; it ends with this.
     */
    public RouteMonitor watchRouting() {
        if (routing.isEmpty()) {
            routing = Optional.of(RouteMonitor.openForRouting(ROUTING_BYTES));
        }
        return routing.get();
    }

    @Override
    public void close() {
        routing.ifPresent(RouteMonitor::close);
        socket.close();
    }
}
