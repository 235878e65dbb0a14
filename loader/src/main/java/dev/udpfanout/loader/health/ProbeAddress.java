package dev.udpfanout.loader.health;

import java.net.InetSocketAddress;
import java.util.OptionalInt;

/**
 * Where a probe goes.
 *
 * @param port for all endpoints; each endpoint's own if empty
 */
record ProbeAddress(OptionalInt port) {
    InetSocketAddress of(InetSocketAddress endpoint) {
        return port.isEmpty() ? endpoint : new InetSocketAddress(endpoint.getAddress(), port.getAsInt());
    }
}
