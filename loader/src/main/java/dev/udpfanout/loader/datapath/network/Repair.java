package dev.udpfanout.loader.datapath.network;

import java.util.Locale;

/** Something that was in place, was gone or changed, and has been mended. */
public enum Repair {
    INTERFACE_RETURNED("the interface had gone and returned"),
    INTERFACE_SET_UP("the interface was down"),
    NOARP_SET("the interface answered ARP"),
    FORWARDING_ENABLED("forwarding was off on the interface"),
    ACCEPT_LOCAL_ENABLED("answers from the interface's own address were refused"),
    ADDRESS_ADDED("the address was gone"),
    LOCAL_ROUTE_REMOVED("the local route was back"),
    LINK_ROUTE_ADDED("the route to the interface was gone"),
    FIREWALL_RULE_ADDED("the firewall's rule for the listener was gone, so datagrams would have been dropped"),
    LINK_ROUTE_MTU_SET("the route to the interface had another MTU"),
    PROGRAM_REATTACHED("the program was gone from the hook"),
    PROGRAM_MOVED_FIRST("another program ran before ours on the hook"),
    MAP_REFILLED("entries of a map were gone or changed by someone else"),
    ENDPOINTS_PUT_BACK("the endpoint table was gone or changed by someone else"),
    PIN_RESTORED("the pin was gone, so that forwarding would have ended with this process");

    private final String finding;

    Repair(String finding) {
        this.finding = finding;
    }

    /** As a metric's label has it, for example {@code "program_reattached"}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What was found, in words for the log. */
    String finding() {
        return finding;
    }
}
