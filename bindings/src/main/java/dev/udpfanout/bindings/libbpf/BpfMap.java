package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_map_batch_opts;
import dev.udpfanout.bindings.generated.libbpf.bpf_map_create_opts;
import dev.udpfanout.bindings.generated.libbpf.bpf_map_info;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A map in the kernel, by its file descriptor. Keys and values are segments of exactly the map's key and value size;
 * the callers know the layout. Errors carry the map's name.
 */
public final class BpfMap implements AutoCloseable {
    private final String name;
    private final boolean owned;
    private int fd;

    private BpfMap(String name, int fd, boolean owned) {
        this.name = name;
        this.fd = fd;
        this.owned = owned;
    }

    /** A map whose descriptor belongs to someone else: closing this does nothing. */
    static BpfMap borrowed(String name, int fd) {
        return new BpfMap(name, fd, false);
    }

    /**
     * Makes an array that may stand in an array of maps whose template has another length (BPF_F_INNER_MAP, Linux
     * 5.10).
     *
     * @param name at most 15 bytes
     * @param elements at least 1
     */
    public static BpfMap createInnerArray(String name, int valueBytes, int elements) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = bpf_map_create_opts.allocate(arena);
            bpf_map_create_opts.sz(options, bpf_map_create_opts.sizeof());
            bpf_map_create_opts.map_flags(options, Libbpf.BPF_F_INNER_MAP());
            int fd = Libbpf.bpf_map_create(
                    Libbpf.BPF_MAP_TYPE_ARRAY(),
                    arena.allocateFrom(name),
                    (int) ValueLayout.JAVA_INT.byteSize(),
                    valueBytes,
                    elements,
                    options);
            return new BpfMap(name, LibbpfResult.check(fd, "bpf_map_create", name), true);
        }
    }

    /**
     * Makes a hash that forgets what was not used for longest when it is full. Its memory is taken at once.
     *
     * @param name at most 15 bytes
     * @param entries about how many it holds: CPUs keep a few in advance
     */
    public static BpfMap createLruHash(String name, int keyBytes, int valueBytes, int entries) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = bpf_map_create_opts.allocate(arena);
            bpf_map_create_opts.sz(options, bpf_map_create_opts.sizeof());
            int fd = Libbpf.bpf_map_create(
                    Libbpf.BPF_MAP_TYPE_LRU_HASH(), arena.allocateFrom(name), keyBytes, valueBytes, entries, options);
            return new BpfMap(name, LibbpfResult.check(fd, "bpf_map_create", name), true);
        }
    }

    /** A map that was pinned; empty if nothing is pinned there. */
    public static Optional<BpfMap> openPinned(Path path) {
        int fd = BpfFilesystem.open(path);
        return fd < 0
                ? Optional.empty()
                : Optional.of(new BpfMap(path.getFileName().toString(), fd, true));
    }

    /** Keeps the map in the kernel under this name until the file is removed: bpffs. */
    public void pin(Path path) {
        BpfFilesystem.pin(fd(), path);
    }

    /** The descriptor, for use as the value of an array of maps. */
    public int fd() {
        if (fd < 0) {
            throw new IllegalStateException("BPF map " + name + " is closed");
        }
        return fd;
    }

    /** The kernel's number for it, as in {@code bpftool map show}: what a lookup in a map of maps gives. */
    public int id() {
        try (Arena arena = Arena.ofConfined()) {
            return bpf_map_info.id(info(arena));
        }
    }

    /** What it is by itself, whatever it holds. */
    public MapShape shape() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(arena);
            return new MapShape(
                    bpf_map_info.type(info),
                    bpf_map_info.key_size(info),
                    bpf_map_info.value_size(info),
                    bpf_map_info.max_entries(info));
        }
    }

    private MemorySegment info(Arena arena) {
        MemorySegment info = bpf_map_info.allocate(arena);
        MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, (int) bpf_map_info.sizeof());
        LibbpfResult.check(Libbpf.bpf_obj_get_info_by_fd(fd(), info, size), "bpf_obj_get_info_by_fd", name);
        return info;
    }

    /** Sets a key's value, whether or not the key was there. */
    public void put(MemorySegment key, MemorySegment value) {
        LibbpfResult.check(Libbpf.bpf_map_update_elem(fd(), key, value, Libbpf.BPF_ANY()), "bpf_map_update_elem", name);
    }

    /**
     * Sets elements 0..count-1 of an array in one system call, or one at a time where the kernel has no batches for it.
     *
     * @param values count values, one after the other
     */
    public void putAll(MemorySegment values, int count) {
        long valueBytes = values.byteSize() / count;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, count);
            for (int i = 0; i < count; i++) {
                keys.setAtIndex(ValueLayout.JAVA_INT, i, i);
            }
            MemorySegment options = bpf_map_batch_opts.allocate(arena);
            bpf_map_batch_opts.sz(options, bpf_map_batch_opts.sizeof());
            MemorySegment done = arena.allocateFrom(ValueLayout.JAVA_INT, count);
            int result = Libbpf.bpf_map_update_batch(fd(), keys, values, done, options);
            if (LibbpfResult.checkUnless(Errno.ENOTSUP, result, "bpf_map_update_batch", name)) {
                return;
            }
            for (int i = 0; i < count; i++) {
                put(keys.asSlice(4L * i, 4), values.asSlice(valueBytes * i, valueBytes));
            }
        }
    }

    /**
     * Reads a key's value; of a per-CPU map, one value for each possible CPU, each rounded up to 8 bytes.
     *
     * @return false if the key is not there
     */
    public boolean get(MemorySegment key, MemorySegment value) {
        return LibbpfResult.checkUnless(
                Errno.ENOENT, Libbpf.bpf_map_lookup_elem(fd(), key, value), "bpf_map_lookup_elem", name);
    }

    /**
     * Removes a key; of an array of maps, empties the element.
     *
     * @return false if the key was not there
     */
    public boolean remove(MemorySegment key) {
        return LibbpfResult.checkUnless(
                Errno.ENOENT, Libbpf.bpf_map_delete_elem(fd(), key), "bpf_map_delete_elem", name);
    }

    /**
     * Steps through the keys of a hash map.
     *
     * @param key the one before, or {@link MemorySegment#NULL} to begin
     * @param next is given the next one
     * @return false after the last
     */
    public boolean nextKey(MemorySegment key, MemorySegment next) {
        return LibbpfResult.checkUnless(
                Errno.ENOENT, Libbpf.bpf_map_get_next_key(fd(), key, next), "bpf_map_get_next_key", name);
    }

    /** Is given some of a map's entries. */
    @FunctionalInterface
    public interface EntryReader {
        /**
         * Reads them.
         *
         * @param keys count keys, one after the other; not to be kept
         * @param values their values
         */
        void read(MemorySegment keys, MemorySegment values, int count);
    }

    /**
     * Reads all entries of a hash map, some in each system call, without counting that as their use. What changes
     * meanwhile may be seen or not.
     *
     * @param most entries in one system call; more than a bucket of the hash ever has
     */
    public void readAll(int keyBytes, int valueBytes, int most, EntryReader reader) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment position = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment keys = arena.allocate((long) keyBytes * most, Long.BYTES);
            MemorySegment values = arena.allocate((long) valueBytes * most, Long.BYTES);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment options = bpf_map_batch_opts.allocate(arena);
            bpf_map_batch_opts.sz(options, bpf_map_batch_opts.sizeof());
            MemorySegment from = MemorySegment.NULL;
            boolean more = true;
            while (more) {
                count.set(ValueLayout.JAVA_INT, 0, most);
                int result = Libbpf.bpf_map_lookup_batch(fd(), from, position, keys, values, count, options);
                more = LibbpfResult.checkUnless(Errno.ENOENT, result, "bpf_map_lookup_batch", name);
                reader.read(keys, values, count.get(ValueLayout.JAVA_INT, 0));
                from = position;
            }
        }
    }

    /** How many values a per-CPU map holds for each key: the CPUs that could ever be there, not those online. */
    public static int possibleCpus() {
        int cpus = Libbpf.libbpf_num_possible_cpus();
        if (cpus < 0) {
            throw new SystemCallException("libbpf_num_possible_cpus", "", new Errno(-cpus));
        }
        return cpus;
    }

    @Override
    public void close() {
        if (owned && fd >= 0) {
            Libc.close(fd);
        }
        fd = -1;
    }
}
