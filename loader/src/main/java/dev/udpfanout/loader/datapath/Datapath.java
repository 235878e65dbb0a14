package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.control.EndpointSet;
import java.util.List;

/**
 * Moves datagrams from listeners to endpoints. All methods are called by the control loop's thread, in the network
 * namespace in which the datapath was opened.
 */
public interface Datapath extends AutoCloseable {
    /**
     * Puts an endpoint set in force, whole and at once. When this returns, no datagram goes to an endpoint that is not in
     * the set any more.
     */
    void apply(EndpointSet endpoints);

    /**
     * Compares what should be in the kernel with what is there, and mends the difference: the first time by setting
     * everything up, later after others have changed something. Safe to call at any time; changes nothing if all is well.
     */
    void reconcile();

    /** What each listener has done since the datapath was opened; in the order of the listeners' ids. */
    List<ListenerCounters> counters();

    /** Takes everything back: from here on the kernel is as it was before, but for a dummy interface, which stays. */
    @Override
    void close();
}
