package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.worker.ReceiveMemory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoOps;

/**
 * Receive buffers on loan to the kernel. They go back in groups of {@value #GROUP} neighbours, when the last of a group
 * is free: one submission for many buffers, and always one of the same few, so none is made anew.
 */
final class ProvidedBuffers {
    static final int GROUP = 16;

    private final IoUringIoOps[] provide;
    private final int[] free;

    ProvidedBuffers(ReceiveMemory receive) {
        int groups = receive.slots() / GROUP;
        this.provide = new IoUringIoOps[groups];
        this.free = new int[groups];
        for (int i = 0; i < groups; i++) {
            int first = i * GROUP;
            provide[i] = RingOps.provide(receive.address(first), GROUP, (int) receive.strideBytes(), first, i);
        }
    }

    /** Hands all buffers to the kernel, to begin with. */
    void provideAll(IoRegistration ring) {
        for (IoUringIoOps ops : provide) {
            ring.submit(ops);
        }
    }

    /** Hands one group to the kernel again, after the kernel refused it. */
    void provideAgain(IoRegistration ring, int group) {
        ring.submit(provide[group]);
    }

    /** The datagram in this buffer is no longer needed. */
    void onFree(IoRegistration ring, int slot) {
        int group = slot / GROUP;
        if (++free[group] == GROUP) {
            free[group] = 0;
            ring.submit(provide[group]);
        }
    }
}
