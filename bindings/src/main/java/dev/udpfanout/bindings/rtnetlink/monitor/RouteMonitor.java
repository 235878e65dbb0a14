package dev.udpfanout.bindings.rtnetlink.monitor;

import static dev.udpfanout.bindings.generated.libc.Libc.SOL_NETLINK;
import static dev.udpfanout.bindings.generated.libc.Libc.SOL_SOCKET;
import static dev.udpfanout.bindings.generated.libc.Libc.SO_RCVBUF;
import static dev.udpfanout.bindings.generated.libc.Libc.SO_RCVBUFFORCE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NETLINK_ADD_MEMBERSHIP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_IPV4_IFADDR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_IPV4_ROUTE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_IPV4_RULE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_IPV6_IFADDR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_IPV6_IFINFO;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_IPV6_ROUTE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_IPV6_RULE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_LINK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_NEIGH;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_NEXTHOP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTNLGRP_TC;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import dev.udpfanout.bindings.rtnetlink.netlink.Readiness;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reports changes of links, addresses, routes, rules, next hops, qdiscs and filters in a network namespace: the
 * multicast groups of rtnetlink(7). For one reader; {@link #close} may come from any thread. Needs no privilege.
 *
 * <p>Open it first and list afterwards: then nothing falls between.
 */
public final class RouteMonitor implements AutoCloseable {
    /** Holds some thousands of events. */
    public static final int DEFAULT_RECEIVE_BUFFER_BYTES = 4 << 20;

    /** Ends the draining of a socket into which events come faster than they are read. */
    private static final int MAX_DRAINED_EVENTS = 65_536;

    private static final int[] GROUPS = {
        RTNLGRP_LINK(),
        RTNLGRP_IPV4_IFADDR(),
        RTNLGRP_IPV6_IFADDR(),
        RTNLGRP_IPV4_ROUTE(),
        RTNLGRP_IPV6_ROUTE(),
        RTNLGRP_IPV4_RULE(),
        RTNLGRP_IPV6_RULE(),
        RTNLGRP_IPV6_IFINFO(),
        RTNLGRP_NEXTHOP(),
        RTNLGRP_TC()
    };
    private static final int[] ROUTING = {
        RTNLGRP_LINK(),
        RTNLGRP_IPV4_ROUTE(),
        RTNLGRP_IPV6_ROUTE(),
        RTNLGRP_IPV4_RULE(),
        RTNLGRP_IPV6_RULE(),
        RTNLGRP_IPV6_IFINFO(),
        RTNLGRP_NEXTHOP()
    };
    private static final int[] WITH_NEIGHBOURS = {
        RTNLGRP_LINK(), RTNLGRP_IPV4_ROUTE(), RTNLGRP_IPV6_ROUTE(), RTNLGRP_NEIGH()
    };

    private final NetlinkDescriptor descriptor;
    private final WakeUp wakeUp;
    private final EventQueue events;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RouteMonitor(NetlinkDescriptor descriptor, WakeUp wakeUp) {
        this.descriptor = descriptor;
        this.wakeUp = wakeUp;
        this.events = new EventQueue(descriptor::receiveNow);
    }

    /** As {@link #open(int)}, with {@link #DEFAULT_RECEIVE_BUFFER_BYTES}. */
    public static RouteMonitor open() {
        return open(DEFAULT_RECEIVE_BUFFER_BYTES);
    }

    /**
     * Begins to watch the calling thread's network namespace.
     *
     * @param receiveBufferBytes how much the kernel keeps for a slow reader before it drops events; without
     *     CAP_NET_ADMIN no more than the sysctl net.core.rmem_max
     * @throws SystemCallException if the kernel refuses
     */
    public static RouteMonitor open(int receiveBufferBytes) {
        return open(receiveBufferBytes, GROUPS);
    }

    /**
     * Begins to watch links, routes, neighbours and bridges' forwarding entries, and nothing else: what says by which
     * link a host is reached. There can be thousands of events a second.
     *
     * @throws SystemCallException if the kernel refuses
     */
    public static RouteMonitor openWithNeighbours() {
        return open(DEFAULT_RECEIVE_BUFFER_BYTES, WITH_NEIGHBOURS);
    }

    /**
     * Begins to watch links, routes, rules and next hops, and nothing else: what {@link Routes#chosen} goes by.
     *
     * @param receiveBufferBytes as for {@link #open(int)}; may be small for who only asks whether anything happened
     * @throws SystemCallException if the kernel refuses
     */
    public static RouteMonitor openForRouting(int receiveBufferBytes) {
        return open(receiveBufferBytes, ROUTING);
    }

    private static RouteMonitor open(int receiveBufferBytes, int[] groups) {
        NetlinkDescriptor descriptor = NetlinkDescriptor.open();
        try {
            if (descriptor
                            .trySetOption(SOL_SOCKET(), SO_RCVBUFFORCE(), receiveBufferBytes)
                            .number()
                    != 0) {
                descriptor.setOption(SOL_SOCKET(), SO_RCVBUF(), receiveBufferBytes);
            }
            for (int group : groups) {
                descriptor.setOption(SOL_NETLINK(), NETLINK_ADD_MEMBERSHIP(), group);
            }
            return new RouteMonitor(descriptor, WakeUp.open());
        } catch (Throwable e) {
            descriptor.close();
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * The next event. Where events were lost there is an {@link Event.Overrun} in their place.
     *
     * @param timeout how long to wait for one; zero only looks
     * @return empty if none came in time, or if the monitor was closed meanwhile
     * @throws IllegalStateException if the monitor is closed already
     */
    public Optional<Event> next(Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        reading.lock();
        try {
            if (closed.get()) {
                throw new IllegalStateException("this RouteMonitor is closed");
            }
            while (events.isEmpty()
                    && Readiness.await(deadlineNanos - System.nanoTime(), descriptor.number(), wakeUp.number())
                    && !closed.get()) {
                events.receive();
            }
            return events.poll();
        } finally {
            reading.unlock();
        }
    }

    /** Throws away all events that have come; returns whether there were any, an {@link Event.Overrun} included. */
    public boolean drain() {
        boolean any = false;
        for (int i = 0; i < MAX_DRAINED_EVENTS && next(Duration.ZERO).isPresent(); i++) {
            any = true;
        }
        return any;
    }

    /** Ends a {@link #next} that waits, then frees the socket; a second time does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        wakeUp.signal();
        // The reader lets go of the descriptors before they are closed, so that it never polls a number used anew.
        reading.lock();
        try {
            wakeUp.close();
            descriptor.close();
        } finally {
            reading.unlock();
        }
    }
}
