package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.socket.SocketOption;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportChoice;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Tries, before anything is bound, whether this process may send with a client's address. */
final class ClientSourceCheck {
    private ClientSourceCheck() {}

    static void requirePermitted(ForwarderConfig config, TransportChoice choice) {
        if (config.source() != SourceAddress.CLIENT) {
            return;
        }
        if (choice.transport() == Transport.NIO) {
            throw new ForwarderException(
                    "source: client needs io_uring or epoll, but there is only " + choice.describe());
        }
        InetAddress listener = config.bind().getAddress();
        try (DatagramSocket socket = DatagramSocket.openRawUdp(listener)) {
            socket.set(
                    listener instanceof Inet6Address ? SocketOption.IPV6_TRANSPARENT : SocketOption.IP_TRANSPARENT, 1);
        } catch (SocketException e) {
            throw new ForwarderException("source: client needs CAP_NET_RAW: " + e.getMessage(), e);
        }
    }
}
