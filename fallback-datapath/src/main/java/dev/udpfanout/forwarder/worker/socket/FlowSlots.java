package dev.udpfanout.forwarder.worker.socket;

/** Numbers for the flows that live, from 0, so that memory and the kernel can speak of them. */
final class FlowSlots {
    private final FlowSocket[] flows;
    private final int[] free;
    private int freeCount;

    FlowSlots(int slots) {
        this.flows = new FlowSocket[slots];
        this.free = new int[slots];
        while (freeCount < slots) {
            // The lowest on top: memory is touched only as far as there are flows.
            free[freeCount] = slots - 1 - freeCount;
            freeCount++;
        }
    }

    int take(FlowSocket flow) {
        int slot = free[--freeCount];
        flows[slot] = flow;
        return slot;
    }

    void giveBack(int slot) {
        flows[slot] = null;
        free[freeCount++] = slot;
    }

    /** The flow with a number; null if it has ended. */
    FlowSocket flow(int slot) {
        return flows[slot];
    }
}
