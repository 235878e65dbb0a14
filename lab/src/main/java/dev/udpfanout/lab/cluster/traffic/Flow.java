package dev.udpfanout.lab.cluster.traffic;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is sent to one destination: datagrams of {@value #BYTES} bytes with the flow's id and a number that counts up.
 * Their socket is not connected, so that no ICMP answer to one datagram refuses the next.
 */
public final class Flow implements AutoCloseable {
    static final int BYTES = 2 * Long.BYTES;

    private final long id;
    private final InetSocketAddress destination;
    private final SenderSocket socket;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    private final BitSet arrived = new BitSet();
    private short[] receivers = new short[1024];
    private long duplicates;
    private volatile int sent;
    private volatile long refused;

    /** @param socket closed with this */
    Flow(long id, SenderSocket socket, InetSocketAddress destination) {
        this.id = id;
        this.destination = destination;
        this.socket = socket;
    }

    /** Sends the next one. What the kernel refuses counts as sent: nobody will receive it. */
    void sendNext() {
        int number = sent;
        sent = number + 1;
        int bytes = 0;
        try {
            bytes = socket.of(number)
                    .send(buffer.clear().putLong(id).putLong(number).flip(), destination);
        } catch (IOException e) {
            // No route, no neighbour, a rule that rejects.
        }
        if (bytes == 0) {
            // Only this thread writes it.
            refused = refused + 1;
        }
    }

    /** @param receiver which socket it came to */
    synchronized void arrive(int number, short receiver) {
        if (arrived.get(number)) {
            duplicates++;
        }
        arrived.set(number);
        if (number >= receivers.length) {
            receivers = Arrays.copyOf(receivers, Math.max(number + 1, 2 * receivers.length));
        }
        receivers[number] = receiver;
    }

    /** How many of the numbers from one on have arrived at each receiver's socket, by the socket's number. */
    public synchronized Map<Short, Integer> shares(int from) {
        Map<Short, Integer> shares = new TreeMap<>();
        for (int number = arrived.nextSetBit(from); number >= 0; number = arrived.nextSetBit(number + 1)) {
            shares.merge(receivers[number], 1, Integer::sum);
        }
        return shares;
    }

    /** How many have been sent up to now. */
    public int sent() {
        return sent;
    }

    /** How many of those the sender's own kernel refused. */
    public long refused() {
        return refused;
    }

    /** The first number, from one on, with which a row of so many begins that have all arrived; -1 if there is none. */
    public synchronized int rowFrom(int from, int length) {
        int first = arrived.nextSetBit(from);
        while (first >= 0) {
            int end = arrived.nextClearBit(first);
            if (end - first >= length) {
                return first;
            }
            first = arrived.nextSetBit(end);
        }
        return -1;
    }

    /** Whether all numbers from one, which may be negative, up to but without another have arrived. */
    public synchronized boolean arrivedBetween(int from, int to) {
        return arrived.nextClearBit(Math.max(0, from)) >= to;
    }

    /** How many of the numbers from one, which may be negative, up to but without another have not arrived. */
    public synchronized int lostBetween(int from, int to) {
        int first = Math.max(0, from);
        return to <= first ? 0 : to - first - arrived.get(first, to).cardinality();
    }

    /** How many different ones have arrived. */
    public synchronized int received() {
        return arrived.cardinality();
    }

    /** How many came that had come before. */
    public synchronized long duplicates() {
        return duplicates;
    }

    /** Which numbers of those sent up to now have not arrived. */
    public synchronized BitSet lost() {
        BitSet lost = new BitSet();
        lost.set(0, sent);
        lost.andNot(arrived);
        return lost;
    }

    @Override
    public void close() {
        socket.close();
    }
}
