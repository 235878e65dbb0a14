package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.AddressRange;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.socket.ClassicBpf;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.DiscardingSocket;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.socket.SocketOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The listening sockets, one a worker, on one address and port. The kernel would keep a sender with one of them for
 * ever (it hashes addresses and ports), so a program picks one at random for each datagram; not where a sender must
 * stay with one.
 */
public final class SocketListeners {
    private SocketListeners() {}

    /**
     * What is open.
     *
     * @param sockets one a worker
     * @param discarding takes what comes to the port and is for none of the listener's addresses, where it has a range
     *     of them
     */
    public record Open(List<DatagramSocket> sockets, Optional<DiscardingSocket> discarding) implements AutoCloseable {
        public Open {
            sockets = List.copyOf(sockets);
        }

        /** Where they are bound. */
        public InetSocketAddress address() throws SocketException {
            return sockets.getFirst().localAddress();
        }

        @Override
        public void close() {
            sockets.forEach(DatagramSocket::close);
            discarding.ifPresent(DiscardingSocket::close);
        }
    }

    /** Opens them, or none; the caller becomes their owner. */
    public static Open open(ForwarderConfig config) throws SocketException {
        return config.range().isPresent() ? openInRange(config, config.range().get()) : openOnAddress(config);
    }

    private static Open openOnAddress(ForwarderConfig config) throws SocketException {
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
            // Else the kernel's own choice is wanted: what is known of a sender, one worker knows.
            if (config.workers() > 1 && !config.keepsSenders()) {
                sockets.getFirst()
                        .attach(SocketOption.ATTACH_REUSEPORT_CBPF, ClassicBpf.randomSocket(config.workers()));
            }
            return new Open(sockets, Optional.empty());
        } catch (SocketException | RuntimeException e) {
            sockets.forEach(DatagramSocket::close);
            throw e;
        }
    }

    private static Open openInRange(ForwarderConfig config, AddressRange range) throws SocketException {
        List<DatagramSocket> sockets = new ArrayList<>();
        DiscardingSocket discarding = DiscardingSocket.bind(config.wildcard());
        try {
            for (int i = 0; i < config.workers(); i++) {
                DatagramSocket socket = DatagramSocket.openUdp(config.bind().getAddress());
                sockets.add(socket);
                configure(socket, config);
                takeOnlyListeners(socket, config, range);
                bind(socket, discarding.address(), false);
            }
            discarding.select(
                    config.bind().getAddress(), range.network(), range.bits(), config.workers(), config.keepsSenders());
            return new Open(sockets, Optional.of(discarding));
        } catch (SocketException | RuntimeException e) {
            sockets.forEach(DatagramSocket::close);
            discarding.close();
            throw e;
        }
    }

    /**
     * Keeps away what the program does not pick: what comes before it is there, and broadcasts and multicasts, of which
     * every socket would get a copy. Those of multicast are not even counted as dropped, where the kernel can do that.
     */
    private static void takeOnlyListeners(DatagramSocket socket, ForwarderConfig config, AddressRange range)
            throws SocketException {
        InetAddress bind = config.bind().getAddress();
        socket.attach(SocketOption.ATTACH_FILTER, ClassicBpf.onlyTo(bind, range.network(), range.bits()));
        socket.trySet(
                bind instanceof Inet6Address ? SocketOption.IPV6_MULTICAST_ALL : SocketOption.IP_MULTICAST_ALL, 0);
    }

    private static void configure(DatagramSocket socket, ForwarderConfig config) throws SocketException {
        if (socket.trySet(SocketOption.RCVBUFFORCE, config.receiveBufferBytes()) < 0) {
            socket.set(SocketOption.RCVBUF, config.receiveBufferBytes());
        }
        boolean ipv6 = config.bind().getAddress() instanceof Inet6Address;
        if (config.freeBind()) {
            socket.set(ipv6 ? SocketOption.IPV6_FREEBIND : SocketOption.IP_FREEBIND, 1);
        }
        if (config.replies().isPresent() && config.hasManyAddresses()) {
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
