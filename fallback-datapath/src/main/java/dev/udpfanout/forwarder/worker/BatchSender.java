package dev.udpfanout.forwarder.worker;

/** Sends the datagrams of a batch, which may be used for others when this returns. */
interface BatchSender {
    /**
     * Each datagram to the next target.
     *
     * @param first the target of the batch's first datagram
     */
    void send(DatagramBatch batch, SocketTarget[] targets, int first);

    /** All to one target. */
    void sendAll(DatagramBatch batch, SocketTarget target);
}
