package dev.udpfanout.forwarder.socket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The first socket of the group of a listener that takes a range of addresses. No socket can be bound to a range, so
 * all of the group are bound to the wildcard address, and a program picks one by the address that a datagram was sent
 * to: this one, which drops what it gets, for those that are not the listener's. So the others' counts know nothing of
 * those.
 */
public final class DiscardingSocket implements AutoCloseable {
    private final DatagramSocket socket;
    private final InetSocketAddress address;

    private DiscardingSocket(DatagramSocket socket, InetSocketAddress address) {
        this.socket = socket;
        this.address = address;
    }

    /**
     * Binds it; fails if anybody has the port, on whichever address of the family. The others, of IPv6, must keep IPv4
     * away too: sockets that differ in that make no group.
     */
    public static DiscardingSocket bind(InetSocketAddress wildcard) throws SocketException {
        DatagramSocket socket = DatagramSocket.openUdp(wildcard.getAddress());
        try {
            if (wildcard.getAddress() instanceof Inet6Address) {
                socket.set(SocketOption.IPV6_V6ONLY, 1);
            }
            socket.attach(SocketOption.ATTACH_FILTER, ClassicBpf.dropAll());
            socket.bind(wildcard);
            socket.set(SocketOption.REUSEPORT, 1);
            return new DiscardingSocket(socket, socket.localAddress());
        } catch (SocketException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Where the others are to be bound. */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Has datagrams picked; to be called when one more socket has joined the group, not before.
     *
     * @param bind the one address
     * @param network of the others
     * @param bits its prefix's length
     * @param sockets how many will have joined
     * @param byFlow whether a sender's datagrams all go to one of them; to a random one each, if not
     */
    public void select(InetAddress bind, InetAddress network, int bits, int sockets, boolean byFlow)
            throws SocketException {
        socket.attach(SocketOption.ATTACH_REUSEPORT_CBPF, RangeSelection.program(bind, network, bits, sockets, byFlow));
    }

    /** What it has dropped since it was bound; wraps at 2^32. */
    public int drops() throws SocketException {
        return socket.kernelDrops();
    }

    @Override
    public void close() {
        socket.close();
    }
}
