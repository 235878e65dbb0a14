package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.worker.DatagramBatch;

/** Sends the datagrams of a batch, which may be used for others when this returns. */
public interface BatchSender {
    /**
     * Every so many datagrams of a batch to one target.
     *
     * @param first the first of them
     * @param step from one to the next
     */
    void sendShare(DatagramBatch batch, int first, int step, SocketTarget target);

    /**
     * Each datagram to the next target.
     *
     * @param first the target of the batch's first datagram
     */
    default void send(DatagramBatch batch, SocketTarget[] targets, int first) {
        int shares = Math.min(targets.length, batch.count());
        for (int share = 0, turn = first; share < shares; share++) {
            sendShare(batch, share, targets.length, targets[turn]);
            if (++turn == targets.length) {
                turn = 0;
            }
        }
    }

    /** All to one target. */
    default void sendAll(DatagramBatch batch, SocketTarget target) {
        sendShare(batch, 0, 1, target);
    }
}
