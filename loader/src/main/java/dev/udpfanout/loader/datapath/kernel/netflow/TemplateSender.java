package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.udp.TransparentSocket;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends messages from their exporters' addresses; those of one exporter are best sent together. One thread's. */
final class TemplateSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateSender.class);
    private static final int OUT_OF_ROOM_TRIES = 50;
    private static final long OUT_OF_ROOM_NANOS = 200_000;

    /** The socket's buffer is full, or the kernel has no memory, for the moment: sendto(2), send(2). */
    private static final Set<Errno> OUT_OF_ROOM = Set.of(Errno.EAGAIN, Errno.ENOBUFS);

    private final Consumer<Telling> failed;
    private InetSocketAddress exporter;
    /** From the exporter's address; null if there can be none. */
    private TransparentSocket socket;

    private String lastProblem = "";

    /** @param failed told of what could not be sent */
    TemplateSender(Consumer<Telling> failed) {
        this.failed = failed;
    }

    /** Sends one, unless exporter and receiver have addresses of different families. */
    void send(Telling telling) {
        if (!telling.isPossible() || isSent(telling)) {
            return;
        }
        failed.accept(telling);
    }

    private boolean isSent(Telling telling) {
        use(telling.exporter());
        if (socket == null) {
            return false;
        }
        Errno errno = socket.send(telling.message(), telling.receiver());
        for (int i = 0; i < OUT_OF_ROOM_TRIES && OUT_OF_ROOM.contains(errno); i++) {
            LockSupport.parkNanos(OUT_OF_ROOM_NANOS);
            errno = socket.send(telling.message(), telling.receiver());
        }
        if (errno.number() != 0) {
            report(telling.exporter(), errno + " for " + telling.receiver());
            return false;
        }
        telling.listener().onTold(telling.why());
        return true;
    }

    private void use(InetSocketAddress next) {
        if (next.equals(exporter)) {
            return;
        }
        close();
        exporter = next;
        try {
            socket = TransparentSocket.from(next);
        } catch (SystemCallException e) {
            report(next, e.getMessage());
        }
    }

    /** Each problem once, until there is another one. */
    private void report(InetSocketAddress from, String problem) {
        if (!problem.equals(lastProblem)) {
            LOG.atWarn()
                    .addKeyValue("exporter", from)
                    .addKeyValue("reason", problem)
                    .log("failed to send an exporter's templates to a receiver; will try again");
            lastProblem = problem;
        }
    }

    /** Lets go of the last exporter's socket; a further message opens one again. */
    @Override
    public void close() {
        if (socket != null) {
            socket.close();
        }
        socket = null;
        exporter = null;
    }
}
