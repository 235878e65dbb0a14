package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.socket.ClassicBpf;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.socket.SocketOption;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The listening sockets, one a worker, on one address and port. The kernel would keep a sender with one of them for
 * ever (it hashes addresses and ports), so a program picks one at random for each datagram; not where replies are
 * brought back.
 */
public final class SocketListeners {
    private SocketListeners() {}

    /** Opens them, or none; the caller becomes their owner. */
    public static List<DatagramSocket> open(ForwarderConfig config) throws SocketException {
        List<DatagramSocket> sockets = new ArrayList<>();
        try {
            InetSocketAddress address = config.bind();
            for (int i = 0; i < config.workers(); i++) {
                DatagramSocket socket = DatagramSocket.openUdp(address.getAddress());
                sockets.add(socket);
                configure(socket, config);
                bind(socket, address, i == 0);
                address = new InetSocketAddress(
                        address.getAddress(), socket.localAddress().getPort());
            }
            // With replies the kernel's own choice is wanted: a client's flow is known to one worker.
            if (config.workers() > 1 && config.replies().isEmpty()) {
                sockets.getFirst()
                        .attach(SocketOption.ATTACH_REUSEPORT_CBPF, ClassicBpf.randomSocket(config.workers()));
            }
            return sockets;
        } catch (SocketException | RuntimeException e) {
            sockets.forEach(DatagramSocket::close);
            throw e;
        }
    }

    private static void configure(DatagramSocket socket, ForwarderConfig config) throws SocketException {
        if (socket.trySet(SocketOption.RCVBUFFORCE, config.receiveBufferBytes()) < 0) {
            socket.set(SocketOption.RCVBUF, config.receiveBufferBytes());
        }
        boolean ipv6 = config.bind().getAddress() instanceof Inet6Address;
        if (config.freeBind()) {
            socket.set(ipv6 ? SocketOption.IPV6_FREEBIND : SocketOption.IP_FREEBIND, 1);
        }
        if (config.replies().isPresent() && config.bind().getAddress().isAnyLocalAddress()) {
            socket.set(ipv6 ? SocketOption.IPV6_RECVPKTINFO : SocketOption.IP_PKTINFO, 1);
        }
        // A wildcard stands for the addresses of its own family; another listener may have the other's.
        if (ipv6) {
            socket.set(SocketOption.IPV6_V6ONLY, 1);
        }
    }

    /** The first socket joins the group only when it has the port: a port that another process has is an error. */
    private static void bind(DatagramSocket socket, InetSocketAddress address, boolean first) throws SocketException {
        if (first) {
            socket.bind(address);
            socket.set(SocketOption.REUSEPORT, 1);
        } else {
            socket.set(SocketOption.REUSEPORT, 1);
            socket.bind(address);
        }
    }
}
