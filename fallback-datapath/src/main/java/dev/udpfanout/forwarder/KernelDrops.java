package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.worker.Worker;
import java.io.IOException;
import java.util.List;

/** Adds up the kernel's drop counts of the listening sockets, which are 32 bits wide and wrap. */
final class KernelDrops {
    private final List<? extends Worker<?>> workers;
    private final int[] last;
    private long total;

    KernelDrops(List<? extends Worker<?>> workers) {
        this.workers = workers;
        this.last = new int[workers.size()];
    }

    /** Drops since the start. A count that cannot be read just now is left for the next call. */
    long total() {
        for (int i = 0; i < last.length; i++) {
            try {
                int now = workers.get(i).kernelDrops();
                total += Integer.toUnsignedLong(now - last[i]);
                last[i] = now;
            } catch (IOException e) {
                // The socket is fine; only its figures are not to be had: the next call catches up.
                continue;
            }
        }
        return total;
    }
}
