package dev.udpfanout.bindings.nftables;

import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NETLINK_NETFILTER;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFNLGRP_NFTABLES;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;
import dev.udpfanout.bindings.rtnetlink.monitor.WakeUp;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import dev.udpfanout.bindings.rtnetlink.netlink.Readiness;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says when the ruleset of a network namespace has changed: the multicast group NFNLGRP_NFTABLES of
 * linux/netfilter/nfnetlink.h. For one reader; {@link #close} may come from any thread. Rules of iptables-legacy are
 * not part of that ruleset, and of their changes no kernel tells.
 */
public final class RulesetMonitor implements AutoCloseable {
    private final NetlinkDescriptor descriptor;
    private final WakeUp wakeUp;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RulesetMonitor(NetlinkDescriptor descriptor, WakeUp wakeUp) {
        this.descriptor = descriptor;
        this.wakeUp = wakeUp;
    }

    /**
     * Begins to watch the calling thread's network namespace.
     *
     * @throws SystemCallException if the kernel refuses, for example because it has no netfilter
     */
    public static RulesetMonitor open() {
        NetlinkDescriptor descriptor = NetlinkDescriptor.open(NETLINK_NETFILTER());
        try {
            descriptor.setOption(Libc.SOL_NETLINK(), Rtnetlink.NETLINK_ADD_MEMBERSHIP(), NFNLGRP_NFTABLES());
            return new RulesetMonitor(descriptor, WakeUp.open());
        } catch (Throwable e) {
            descriptor.close();
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * Waits for a change. Many at once count as one.
     *
     * @return false if none came in time, or if the monitor was closed meanwhile
     * @throws IllegalStateException if the monitor is closed already
     */
    public boolean awaitChange(Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        reading.lock();
        try (Arena arena = Arena.ofConfined()) {
            if (closed.get()) {
                throw new IllegalStateException("this RulesetMonitor is closed");
            }
            MemorySegment buffer = arena.allocate(NetlinkDescriptor.RECEIVE_BUFFER_BYTES, Long.BYTES);
            boolean changed = false;
            while (!changed
                    && Readiness.await(deadlineNanos - System.nanoTime(), descriptor.number(), wakeUp.number())
                    && !closed.get()) {
                changed = endsTransaction(buffer);
            }
            return changed;
        } finally {
            reading.unlock();
        }
    }

    /** One datagram; what cannot be had or understood may have been the end of one. */
    private boolean endsTransaction(MemorySegment buffer) {
        try {
            OptionalLong received = descriptor.receiveNow(buffer);
            if (received.isEmpty()) {
                return false;
            }
            return received.getAsLong() > buffer.byteSize()
                    || Message.parse(buffer.asSlice(0, received.getAsLong())).stream()
                            .anyMatch(message -> message.type() == RulesetGeneration.NEWGEN);
        } catch (MalformedMessageException e) {
            return true;
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ENOBUFS)) {
                return true;
            }
            throw e;
        }
    }

    /** Ends an {@link #awaitChange} that waits, then frees the socket; a second time does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        wakeUp.signal();
        reading.lock();
        try {
            wakeUp.close();
            descriptor.close();
        } finally {
            reading.unlock();
        }
    }
}
