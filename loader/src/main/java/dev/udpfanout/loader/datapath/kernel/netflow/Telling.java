package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.loader.datapath.netflow.ExporterMessage;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * A message that a receiver is to be told.
 *
 * @param exporter from whom
 * @param tries that have failed so far
 */
record Telling(
        ListenerExporters listener,
        Why why,
        InetSocketAddress exporter,
        byte[] message,
        InetSocketAddress receiver,
        int tries) {
    /** Why it is sent. */
    enum Why {
        /** The receiver is new to the listener. */
        JOINED,
        /** The receiver could not be told before. */
        RETRIED,
        /** The receiver may have restarted unnoticed. */
        RETOLD
    }

    /** All messages to all receivers of the exporter's address family, exporter by exporter. */
    static Deque<Telling> of(
            ListenerExporters listener, Why why, List<ExporterMessage> messages, Collection<InetSocketAddress> to) {
        Deque<Telling> all = new ArrayDeque<>();
        for (ExporterMessage each : messages) {
            InetSocketAddress exporter = each.exporter();
            to.stream()
                    .filter(receiver -> receiver.getAddress().getClass()
                            == exporter.getAddress().getClass())
                    .forEach(receiver -> all.add(new Telling(listener, why, exporter, each.bytes(), receiver, 0)));
        }
        return all;
    }

    Telling again() {
        return new Telling(listener, Why.RETRIED, exporter, message, receiver, tries + 1);
    }
}
