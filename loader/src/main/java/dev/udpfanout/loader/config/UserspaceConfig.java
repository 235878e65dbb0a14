package dev.udpfanout.loader.config;

import java.util.List;
import java.util.Optional;

/**
 * How a listener is served in user space, if it is.
 *
 * @param io which transport
 * @param workers threads, each with a socket of its own
 * @param cpus the CPU of each worker (worker i runs on {@code cpus[i mod size]}); empty for no pinning
 * @param batchSize datagrams read before they are sent on
 * @param receiveBufferBytes kernel memory for datagrams not yet read, a worker
 * @param maxPacketBytes payload of the longest datagram that is forwarded
 * @param source whose address receivers see; empty for the client's where that is permitted, else the node's
 */
public record UserspaceConfig(
        Io io,
        int workers,
        List<Integer> cpus,
        int batchSize,
        int receiveBufferBytes,
        int maxPacketBytes,
        Optional<Source> source) {
    /** Of a listener that only the kernel can serve. */
    public static final UserspaceConfig UNUSED =
            new UserspaceConfig(Io.AUTO, 1, List.of(), 1, 4096, 65_507, Optional.empty());

    public UserspaceConfig {
        cpus = List.copyOf(cpus);
    }

    /** Which transport a listener asks for. */
    public enum Io {
        /** The first of the following that works here. */
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }

    /** Whose address the receivers see as the sender's. */
    public enum Source {
        /** The node's own. */
        NODE,
        /** The client's, as in the kernel datapath. */
        CLIENT
    }
}
