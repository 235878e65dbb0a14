package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_map_batch_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Many entries of a map in one system call: BPF_MAP_UPDATE_BATCH and its like, bpf(2). Not every kind of map has them.
 */
public final class MapBatch {
    /**
     * What the kernel answers where a kind of map has no batches; C libraries do not know it (include/linux/errno.h).
     */
    private static final Errno ENOTSUPP = new Errno(524);

    private static final Errno NONE = new Errno(0);

    private MapBatch() {}

    /**
     * How far the kernel came.
     *
     * @param call the function, for messages
     * @param done entries that it has worked on without a failure, in the order given
     * @param errno why it stopped; 0 if it did not
     */
    public record Outcome(String call, int done, Errno errno) {
        /** Whether all was done. */
        public boolean isComplete() {
            return errno.equals(NONE);
        }

        /** Whether this kind of map has no such batches: nothing was done. */
        public boolean isUnsupported() {
            return errno.equals(ENOTSUPP);
        }

        /**
         * The failure as an exception.
         *
         * @param map its name
         * @param key the first that was not done
         */
        public SystemCallException failure(String map, Object key) {
            return new SystemCallException(call, map + " " + key, errno);
        }
    }

    /**
     * Sets keys to values, whether or not the keys were there.
     *
     * @param keys count keys, one after the other
     * @param values count values, one after the other
     */
    public static Outcome update(BpfMap map, MemorySegment keys, MemorySegment values, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment done = arena.allocateFrom(ValueLayout.JAVA_INT, count);
            int result = Libbpf.bpf_map_update_batch(map.fd(), keys, values, done, options(arena));
            return outcome("bpf_map_update_batch", result, done, count);
        }
    }

    /**
     * Removes keys; stops with ENOENT at one that is not there.
     *
     * @param keys count keys, one after the other
     */
    public static Outcome delete(BpfMap map, MemorySegment keys, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment done = arena.allocateFrom(ValueLayout.JAVA_INT, count);
            int result = Libbpf.bpf_map_delete_batch(map.fd(), keys, done, options(arena));
            return outcome("bpf_map_delete_batch", result, done, count);
        }
    }

    /**
     * Reads entries, without counting that as their use; ENOENT after the last, with what was read by then.
     *
     * @param from where the call before stopped; {@link MemorySegment#NULL} to begin
     * @param position is given where this call stops; at least 8 bytes, and as long as a key
     * @param most entries that keys and values have room for; no fewer than a bucket of the hash has
     */
    public static Outcome lookup(
            BpfMap map,
            MemorySegment from,
            MemorySegment position,
            MemorySegment keys,
            MemorySegment values,
            int most) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment done = arena.allocateFrom(ValueLayout.JAVA_INT, most);
            int result = Libbpf.bpf_map_lookup_batch(map.fd(), from, position, keys, values, done, options(arena));
            Errno errno = new Errno(Math.max(0, -result));
            boolean isRead = result >= 0 || errno.equals(Errno.ENOENT);
            return new Outcome("bpf_map_lookup_batch", isRead ? done.get(ValueLayout.JAVA_INT, 0) : 0, errno);
        }
    }

    /**
     * Kernels before 6.8 leave the count as it was where they fail before the first entry (uattr->batch.count in
     * generic_map_update_batch, kernel/bpf/syscall.c), so a failure after all entries is one before any.
     */
    private static Outcome outcome(String call, int result, MemorySegment done, int count) {
        int handled = done.get(ValueLayout.JAVA_INT, 0);
        boolean isFailure = result < 0;
        return new Outcome(call, isFailure && handled >= count ? 0 : handled, isFailure ? new Errno(-result) : NONE);
    }

    private static MemorySegment options(Arena arena) {
        MemorySegment options = bpf_map_batch_opts.allocate(arena);
        bpf_map_batch_opts.sz(options, bpf_map_batch_opts.sizeof());
        return options;
    }
}
