package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.udp.TransparentSocket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends messages from their exporters' addresses. One thread's at a time. */
final class TemplateSender {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateSender.class);
    private static final int OUT_OF_ROOM_TRIES = 50;
    private static final long OUT_OF_ROOM_NANOS = 200_000;

    /** The socket's buffer is full, or the kernel has no memory, for the moment: sendto(2), send(2). */
    private static final Set<Errno> OUT_OF_ROOM = Set.of(Errno.EAGAIN, Errno.ENOBUFS);

    private String lastProblem = "";

    /**
     * Sends from the beginning on, and takes out what is sent.
     *
     * @param tellings those of one exporter lie together
     * @param untilNanos when to stop, by {@link System#nanoTime()}; what is left then stays
     * @return what could not be sent
     */
    Deque<Telling> send(Deque<Telling> tellings, long untilNanos) {
        Deque<Telling> failed = new ArrayDeque<>();
        while (!tellings.isEmpty() && System.nanoTime() - untilNanos < 0) {
            InetSocketAddress exporter = tellings.peek().exporter();
            try (TransparentSocket socket = TransparentSocket.from(exporter)) {
                while (!tellings.isEmpty()
                        && tellings.peek().exporter().equals(exporter)
                        && System.nanoTime() - untilNanos < 0) {
                    send(socket, tellings.poll(), failed);
                }
            } catch (SystemCallException e) {
                report(exporter, e.getMessage());
                while (!tellings.isEmpty() && tellings.peek().exporter().equals(exporter)) {
                    failed.add(tellings.poll());
                }
            }
        }
        return failed;
    }

    private void send(TransparentSocket socket, Telling telling, Deque<Telling> failed) {
        Errno errno = socket.send(telling.message(), telling.receiver());
        for (int i = 0; i < OUT_OF_ROOM_TRIES && OUT_OF_ROOM.contains(errno); i++) {
            LockSupport.parkNanos(OUT_OF_ROOM_NANOS);
            errno = socket.send(telling.message(), telling.receiver());
        }
        if (errno.number() == 0) {
            telling.listener().onTold(telling.why());
        } else {
            report(telling.exporter(), errno + " for " + telling.receiver());
            failed.add(telling);
        }
    }

    /** Each problem once, until there is another one. */
    private void report(InetSocketAddress exporter, String problem) {
        if (!problem.equals(lastProblem)) {
            LOG.atWarn()
                    .addKeyValue("exporter", exporter)
                    .addKeyValue("reason", problem)
                    .log("failed to send an exporter's templates to a receiver; will try again");
            lastProblem = problem;
        }
    }
}
