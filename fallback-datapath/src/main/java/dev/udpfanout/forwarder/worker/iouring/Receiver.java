package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.worker.ReceiveMemory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;

/** Brings datagrams from a socket into receive slots, by submissions of its own. For the event loop alone. */
interface Receiver {
    /** The slots that it fills. */
    ReceiveMemory memory();

    /** Begins to receive; until it hands one out, all slots are its own. */
    void start(IoRegistration ring);

    /** One of its submissions has completed. */
    void onCompleted(IoUringIoEvent completion);

    /** The datagram in this slot is no longer needed. */
    void onFree(int slot);

    /** Ends what is under way, and submits nothing any more. */
    void stop();

    /** Whether it holds nothing that it has read and not handed out. */
    boolean isIdle();

    /** What takes the datagrams. */
    interface Listener {
        /**
         * A datagram has come; its slot is the listener's until {@link Receiver#onFree}.
         *
         * @param payloadAt offset in the receive memory, and {@code sourceAt} that of the sender's sockaddr
         * @param length payload bytes; of one that is too long, those that were received
         */
        void onDatagram(int slot, long payloadAt, int length, long sourceAt, boolean isTooLong);

        /** There are no more for now: those that have come may be sent on. */
        void onPause();

        /** @param error the call and why it failed */
        void onReceiveError(String error);
    }
}
