package dev.udpfanout.loader.control;

import java.net.InetSocketAddress;
import java.util.Set;

/**
 * Where datagrams for one port of a Service are sent to, before kube-proxy changes their destination.
 *
 * @param places its VIPs, cluster and external IPs, each with the Service's port
 * @param nodePorts ports of every node's own addresses
 */
public record ServiceAddresses(Set<InetSocketAddress> places, Set<Integer> nodePorts) {
    /** Nothing is known of a Service, or there is none. */
    public static final ServiceAddresses NONE = new ServiceAddresses(Set.of(), Set.of());

    public ServiceAddresses {
        places = Set.copyOf(places);
        nodePorts = Set.copyOf(nodePorts);
    }
}
