package dev.udpfanout.bindings.xtables;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A change of one table of iptables-legacy, by iptables' own library: the library reads the table, is told what to
 * insert and delete, and writes all of it at {@link #commit()}, with the counters of the rules that stay. Hold
 * {@link XtablesLock} meanwhile. Only one is open in the process at a time, since the library keeps state of its own;
 * it belongs to the thread that opened it, and to that thread's network namespace.
 */
public final class LegacyChange implements AutoCloseable {
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();
    /** sizeof(xt_chainlabel): libiptc/xtcshared.h. */
    private static final int LABEL_BYTES = 32;

    private final Libiptc library;
    private final int nextOffsetAt;
    private final String table;
    private final Arena arena;
    private final MemorySegment handle;
    private boolean closed;

    private LegacyChange(Libiptc library, Arena arena, int family, String table) {
        this.library = library;
        this.arena = arena;
        this.table = "IPv" + family + " table " + table;
        // Offset of next_offset in struct ipt_entry and ip6t_entry.
        this.nextOffsetAt = family == 4 ? 90 : 142;
        try {
            this.handle = (MemorySegment) library.init().invokeExact(ErrnoCapture.state(), label(table));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
        if (handle.equals(MemorySegment.NULL)) {
            throw failure("iptc_init");
        }
    }

    /**
     * Has the library read a table, which must be there: to ask for one that is not makes the kernel make it.
     *
     * @param family 4 or 6
     * @param table for example {@code "filter"}
     * @throws LegacyLibraryMissingException if the library cannot be loaded
     * @throws SystemCallException if the kernel refuses
     */
    public static LegacyChange open(int family, String table) {
        Libiptc library = Libiptc.of(family);
        ONE_AT_A_TIME.lock();
        Arena arena = Arena.ofConfined();
        try {
            return new LegacyChange(library, arena, family, table);
        } catch (Throwable e) {
            arena.close();
            ONE_AT_A_TIME.unlock();
            throw e;
        }
    }

    /**
     * The rules of a chain as the library has read them, without its policy.
     *
     * @param chain for example {@code "FORWARD"}
     * @return each a struct ipt_entry or ip6t_entry with its matches and target, in host byte order
     * @throws SystemCallException with ENOENT if there is no such chain
     */
    public List<byte[]> rules(String chain) {
        MemorySegment label = label(chain);
        try {
            if ((int) library.isChain().invokeExact(ErrnoCapture.state(), label, handle) == 0) {
                throw new SystemCallException("iptc_is_chain", table + " chain " + chain, Errno.ENOENT);
            }
            List<byte[]> found = new ArrayList<>();
            MemorySegment rule = (MemorySegment) library.firstRule().invokeExact(ErrnoCapture.state(), label, handle);
            while (!rule.equals(MemorySegment.NULL)) {
                int bytes = Short.toUnsignedInt(
                        rule.reinterpret(nextOffsetAt + Short.BYTES).get(ValueLayout.JAVA_SHORT, nextOffsetAt));
                found.add(rule.reinterpret(bytes).toArray(ValueLayout.JAVA_BYTE));
                rule = (MemorySegment) library.nextRule().invokeExact(ErrnoCapture.state(), rule, handle);
            }
            return found;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * Puts a rule into a chain.
     *
     * @param chain for example {@code "FORWARD"}
     * @param position how many rules of the chain stand before it
     * @param entry a struct ipt_entry or ip6t_entry with its matches and target, in host byte order; the target has the
     *     name {@code "ACCEPT"}, and the library writes the verdict
     * @throws SystemCallException if the library refuses
     */
    public void insert(String chain, int position, byte[] entry) {
        MemorySegment copy = arena.allocate(entry.length, Long.BYTES).copyFrom(MemorySegment.ofArray(entry));
        try {
            require(
                    (int) library.insertEntry().invokeExact(ErrnoCapture.state(), label(chain), copy, position, handle),
                    "iptc_insert_entry");
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * Takes a rule out of a chain.
     *
     * @param position how many rules of the chain stand before it
     * @throws SystemCallException if the library refuses
     */
    public void delete(String chain, int position) {
        try {
            require(
                    (int) library.deleteNumEntry().invokeExact(ErrnoCapture.state(), label(chain), position, handle),
                    "iptc_delete_num_entry");
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * Writes the table: all changes, or none.
     *
     * @throws SystemCallException if the kernel refuses; with EAGAIN if the table has another number of rules by now
     */
    public void commit() {
        try {
            require((int) library.commit().invokeExact(ErrnoCapture.state(), handle), "iptc_commit");
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private void require(int isDone, String call) {
        if (isDone == 0) {
            throw failure(call);
        }
    }

    /** With the library's own words: the same errno means something else for another function. */
    private SystemCallException failure(String call) {
        Errno errno = ErrnoCapture.errno();
        try {
            MemorySegment words = (MemorySegment) library.strerror().invokeExact(ErrnoCapture.state(), errno.number());
            return new SystemCallException(
                    call, table, errno, words.reinterpret(Long.MAX_VALUE).getString(0));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private MemorySegment label(String name) {
        MemorySegment label = arena.allocate(LABEL_BYTES);
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        return label.copyFrom(MemorySegment.ofArray(text));
    }

    /** Forgets what was not committed. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            library.free().invokeExact(ErrnoCapture.state(), handle);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        } finally {
            arena.close();
            ONE_AT_A_TIME.unlock();
        }
    }
}
