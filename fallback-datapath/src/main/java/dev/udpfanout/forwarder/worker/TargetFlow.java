package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.flow.Flow;
import dev.udpfanout.forwarder.flow.FlowKey;

/** A flow with the endpoint that it stays with, and a socket of its own, which replies come back to. */
public abstract class TargetFlow<T extends Target> extends Flow {
    private final T target;

    protected TargetFlow(FlowKey key, T target) {
        super(key);
        this.target = target;
    }

    public final T target() {
        return target;
    }

    /** Closes the socket. */
    protected abstract void close();
}
