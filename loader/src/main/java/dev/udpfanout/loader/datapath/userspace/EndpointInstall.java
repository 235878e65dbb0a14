package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.EndpointLoopException;
import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.loader.control.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Gives a forwarder its endpoints, but for those that it cannot use: one that is wrong must not keep the others out.
 */
final class EndpointInstall {
    private final Forwarder forwarder;
    private final Function<List<Endpoint>, EndpointTable> tableOf;
    private final List<Endpoint> usable;
    private final Map<InetSocketAddress, String> refused = new LinkedHashMap<>();

    private EndpointInstall(
            Forwarder forwarder, List<Endpoint> endpoints, Function<List<Endpoint>, EndpointTable> tableOf) {
        this.forwarder = forwarder;
        this.tableOf = tableOf;
        this.usable = new ArrayList<>(endpoints);
    }

    /**
     * Puts the endpoints in force; when this returns, nothing goes to any other.
     *
     * @param tableOf the table of those that are usable
     * @return those that were left out, and why
     */
    static Map<InetSocketAddress, String> run(
            Forwarder forwarder, List<Endpoint> endpoints, Function<List<Endpoint>, EndpointTable> tableOf) {
        EndpointInstall install = new EndpointInstall(forwarder, endpoints, tableOf);
        while (!install.attempt()) {
            // Each attempt that fails has left at least one endpoint out.
        }
        return install.refused;
    }

    private boolean attempt() {
        try {
            WorkersAnswer.await(forwarder.endpoints(tableOf.apply(List.copyOf(usable))), "the endpoints");
            return true;
        } catch (EndpointLoopException e) {
            refuse(e.endpoint(), e.getMessage());
            return false;
        } catch (ForwarderException e) {
            if (!refuseUnroutable(e)) {
                throw e;
            }
            return false;
        }
    }

    private boolean refuseUnroutable(ForwarderException failure) {
        boolean any = false;
        for (InetSocketAddress endpoint : usable.stream().map(Endpoint::address).toList()) {
            try (DatagramChannel trial = DatagramChannel.open()) {
                any |= isRefused(trial, endpoint);
            } catch (IOException e) {
                // For want of descriptors, for example: that says nothing of the endpoint.
                failure.addSuppressed(e);
                throw failure;
            }
        }
        return any;
    }

    private boolean isRefused(DatagramChannel trial, InetSocketAddress endpoint) {
        try {
            trial.connect(endpoint);
            return false;
        } catch (IOException | UnresolvedAddressException e) {
            refuse(endpoint, "no route: " + e.getMessage());
            return true;
        }
    }

    private void refuse(InetSocketAddress endpoint, String why) {
        usable.removeIf(each -> each.address().equals(endpoint));
        refused.put(endpoint, why);
    }
}
