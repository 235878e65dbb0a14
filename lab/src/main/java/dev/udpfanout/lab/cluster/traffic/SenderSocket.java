package dev.udpfanout.lab.cluster.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.DatagramChannel;

/**
 * What datagrams are sent from, in a namespace: one socket all the time, or a new one, with another port, for each
 * number. Flows that count together may share one. Belongs to one thread at a time.
 */
public final class SenderSocket implements AutoCloseable {
    private final LabNamespace namespace;
    private final boolean isRenewed;
    private DatagramChannel socket;
    private int lastNumber;

    private SenderSocket(LabNamespace namespace, boolean isRenewed) {
        this.namespace = namespace;
        this.isRenewed = isRenewed;
        this.socket = open();
    }

    /** One socket, as a syslog relay has it. */
    static SenderSocket kept(LabNamespace namespace) {
        return new SenderSocket(namespace, false);
    }

    /** A socket for each number: connection tracking knows of no datagram before it, so kube-proxy chooses anew. */
    public static SenderSocket renewed(LabNamespace namespace) {
        return new SenderSocket(namespace, true);
    }

    private DatagramChannel open() {
        return namespace.call(() -> {
            DatagramChannel opened = DatagramChannel.open().bind(null);
            // A neighbour that does not answer would hold up the sender, and with it all other flows.
            opened.configureBlocking(false);
            return opened;
        });
    }

    /** That of a datagram. */
    DatagramChannel of(int number) {
        if (isRenewed && number != lastNumber) {
            close();
            socket = open();
            lastNumber = number;
        }
        return socket;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
