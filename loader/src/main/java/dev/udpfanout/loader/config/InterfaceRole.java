package dev.udpfanout.loader.config;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What comes in by interfaces on which Services are served. A listener waits on all interfaces of a role at once: which
 * those are changes while it does.
 */
public enum InterfaceRole {
    /** Datagrams for VIPs, from outside the node. */
    VIPS("services:vips"),
    /** What this node's pods send. */
    PODS("services:pods");

    private final String place;

    InterfaceRole(String place) {
        this.place = place;
    }

    /** What stands for all of them where a listener names interfaces; no interface can have such a name. */
    public String place() {
        return place;
    }

    /** The role that stands among a listener's interfaces; empty if it is the name of an interface. */
    public static Optional<InterfaceRole> of(String interfaceName) {
        return Stream.of(values())
                .filter(role -> role.place.equals(interfaceName))
                .findFirst();
    }
}
