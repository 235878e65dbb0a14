package dev.udpfanout.loader.trace;

import dev.udpfanout.forwarder.socket.ProcNetUdp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who has the node's UDP sockets: udp-fanout itself, or a receiver on the node's own network (hostNetwork).
 *
 * @param inodes of the sockets, by the port that they are bound to; proc_net_udp
 * @param ofDaemon the inodes that the daemon has; empty if its descriptors cannot be seen, or it is not alive
 */
public record SocketOwners(Map<Integer, Set<Long>> inodes, Optional<Set<Long>> ofDaemon) {
    /** Where nobody knows. */
    static final SocketOwners UNKNOWN = new SocketOwners(Map.of(), Optional.empty());

    private static final Path PROC = Path.of("/proc");

    /**
     * Those of the calling thread's network namespace.
     *
     * @param daemon its process id, 0 if it cannot be told; empty if no daemon is alive
     */
    public static SocketOwners ofNode(Optional<Integer> daemon) {
        return new SocketOwners(
                ProcNetUdp.inodesByPort(),
                daemon.isEmpty()
                        ? Optional.of(Set.of())
                        : daemon.filter(pid -> pid > 0).flatMap(SocketOwners::sockets));
    }

    /**
     * Whether another process than the daemon has what came in for an address of this node, and was neither dropped nor
     * sent on: it has a socket there, or the kernel's program has changed the port to that of a receiver here.
     *
     * @param isWaiting whether packets may wait for a neighbour's answer, so that it may not have arrived
     */
    boolean isOfReceiver(Optional<InetSocketAddress> destination, boolean isWaiting) {
        Set<Long> there = destination
                .map(place -> inodes.getOrDefault(place.getPort(), Set.of()))
                .orElse(Set.of());
        boolean isOfOther =
                ofDaemon.filter(own -> there.stream().noneMatch(own::contains)).isPresent();
        return isOfOther && (!there.isEmpty() || !isWaiting);
    }

    /** Whether it is known that no process of this node has a socket for it. */
    boolean isNobodys(Optional<InetSocketAddress> destination) {
        boolean isKnown = !inodes.isEmpty() || ofDaemon.isPresent();
        return isKnown
                && destination
                        .filter(place -> !inodes.containsKey(place.getPort()))
                        .isPresent();
    }

    /** {@code socket:[12345]} of each descriptor: proc_pid_fd(5). */
    private static Optional<Set<Long>> sockets(int pid) {
        Set<Long> found = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                socket(descriptor).ifPresent(found::add);
            }
            return Optional.of(found);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> socket(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:")
                    ? Optional.of(Long.parseLong(target.replaceAll("\\D", "")))
                    : Optional.empty();
        } catch (IOException e) {
            // It was closed meanwhile.
            return Optional.empty();
        }
    }
}
