package dev.udpfanout.loader.kubernetes.publish;

import java.net.Inet6Address;
import java.net.InetAddress;

/** What an EndpointSlice's addresses are; the API server does not let it be changed in a slice that is there. */
enum AddressType {
    IPV4("IPv4"),
    IPV6("IPv6");

    private final String text;

    AddressType(String text) {
        this.text = text;
    }

    static AddressType of(InetAddress address) {
        return address instanceof Inet6Address ? IPV6 : IPV4;
    }

    /** As the API writes it. */
    @Override
    public String toString() {
        return text;
    }
}
