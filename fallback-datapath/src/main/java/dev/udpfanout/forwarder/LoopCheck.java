package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.AddressRange;
import dev.udpfanout.forwarder.config.ForwarderException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;

/** Refuses endpoints that would send datagrams back to the listener. */
final class LoopCheck {
    private LoopCheck() {}

    static void requireNoLoop(InetSocketAddress listener, Optional<AddressRange> range, EndpointTable table) {
        for (InetSocketAddress endpoint : table.endpoints()) {
            boolean isInRange = range.filter(addresses -> addresses.contains(endpoint.getAddress()))
                    .isPresent();
            if (endpoint.getPort() == listener.getPort()
                    && (isInRange || isListener(listener.getAddress(), endpoint.getAddress()))) {
                throw new EndpointLoopException(endpoint, listener);
            }
        }
    }

    private static boolean isListener(InetAddress listener, InetAddress endpoint) {
        if (!listener.isAnyLocalAddress()) {
            return listener.equals(endpoint);
        }
        try {
            return endpoint.isLoopbackAddress() || NetworkInterface.getByInetAddress(endpoint) != null;
        } catch (SocketException e) {
            throw new ForwarderException("cannot tell whether " + endpoint + " is an address of this host", e);
        }
    }
}
