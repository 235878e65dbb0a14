package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.loader.datapath.netflow.ExporterMessage;
import java.net.InetSocketAddress;

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

    static Telling of(ListenerExporters listener, Why why, ExporterMessage message, InetSocketAddress receiver) {
        return new Telling(listener, why, message.exporter(), message.bytes(), receiver, 0);
    }

    /** Whether exporter and receiver have addresses of one family: there is nothing to tell to others. */
    boolean isPossible() {
        return receiver.getAddress().getClass() == exporter.getAddress().getClass();
    }

    Telling again() {
        return new Telling(listener, Why.RETRIED, exporter, message, receiver, tries + 1);
    }
}
