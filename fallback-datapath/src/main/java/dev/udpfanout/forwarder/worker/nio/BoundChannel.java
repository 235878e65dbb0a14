package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.socket.ProcNetUdp;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.OptionalLong;

/**
 * A listening channel, with what tells its socket from others of the same address: those of the other workers.
 *
 * @param channel bound and not blocking
 * @param inode of its socket, as /proc/net/udp has it; empty if that cannot be read
 */
public record BoundChannel(DatagramChannel channel, OptionalLong inode) implements Closeable {
    /** Datagrams that the kernel has dropped at this socket; wraps. For a thread in the socket's network namespace. */
    int drops() throws IOException {
        return ProcNetUdp.drops(local(), known());
    }

    /** Memory of the datagrams that wait to be read, bytes. For a thread in the socket's network namespace. */
    long queuedBytes() throws IOException {
        return ProcNetUdp.queuedBytes(local(), known());
    }

    private InetSocketAddress local() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    private long known() throws IOException {
        return inode.orElseThrow(() -> new IOException("the socket's inode is not known"));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
