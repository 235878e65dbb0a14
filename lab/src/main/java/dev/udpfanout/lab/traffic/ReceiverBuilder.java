package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.net.StandardProtocolFamily;

/** What a {@link DatagramReceiver} is to do. */
public final class ReceiverBuilder {
    private static final int DEFAULT_RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int DEFAULT_SEQUENCE_LIMIT = 1 << 24;

    private final LabNamespace namespace;
    private int port = 40514;
    private StandardProtocolFamily family = StandardProtocolFamily.INET;
    private long runId;
    private int keptPayloads;
    private int receiveBufferBytes = DEFAULT_RECEIVE_BUFFER_BYTES;
    private int sequenceLimit = DEFAULT_SEQUENCE_LIMIT;

    ReceiverBuilder(LabNamespace namespace) {
        this.namespace = namespace;
    }

    /** The UDP port, on all of the namespace's addresses; 40514 if not said. */
    public ReceiverBuilder port(int number) {
        this.port = number;
        return this;
    }

    /** Which family's datagrams and counters; IPv4 if not said. */
    public ReceiverBuilder family(StandardProtocolFamily which) {
        this.family = which;
        return this;
    }

    /** The run whose datagrams are expected: {@link DatagramSender#runId}. Others count as foreign. */
    public ReceiverBuilder expecting(long run) {
        this.runId = run;
        return this;
    }

    /** How many payloads to keep for {@link DatagramReceiver#kept}; none if not said. */
    public ReceiverBuilder keepPayloads(int count) {
        this.keptPayloads = count;
        return this;
    }

    /** The socket buffer to ask for, in bytes; the kernel gives at most net.core.rmem_max. 8 MiB if not said. */
    public ReceiverBuilder receiveBufferBytes(int bytes) {
        this.receiveBufferBytes = bytes;
        return this;
    }

    /** Sequence numbers from here on are not remembered; 2^24 if not said, which takes 2 MiB at most. */
    public ReceiverBuilder sequenceLimit(int limit) {
        this.sequenceLimit = limit;
        return this;
    }

    /**
     * Opens the socket and starts the thread; it receives when this returns. The topology stops it at the latest.
     *
     * @throws java.util.concurrent.CompletionException if the port is taken
     */
    public DatagramReceiver start() {
        return DatagramReceiver.start(
                namespace, port, family, receiveBufferBytes, new ReceiveTally(runId, keptPayloads, sequenceLimit));
    }
}
