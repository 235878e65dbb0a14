package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
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
        return create(
                MapType.ARRAY,
                name,
                (int) ValueLayout.JAVA_INT.byteSize(),
                valueBytes,
                elements,
                Libbpf.BPF_F_INNER_MAP());
    }

    /**
     * Makes a map without flags.
     *
     * @param name at most 15 bytes
     * @param maxEntries of an LRU hash about how many it holds: CPUs keep a few in advance, and its memory is taken at
     *     once
     */
    public static BpfMap create(MapType type, String name, int keyBytes, int valueBytes, int maxEntries) {
        return create(type, name, keyBytes, valueBytes, maxEntries, 0);
    }

    /** Makes a hash that takes memory only for the entries that it has; a full one refuses more. */
    public static BpfMap createGrowingHash(String name, int keyBytes, int valueBytes, int maxEntries) {
        return create(MapType.HASH, name, keyBytes, valueBytes, maxEntries, Libbpf.BPF_F_NO_PREALLOC());
    }

    private static BpfMap create(MapType type, String name, int keyBytes, int valueBytes, int maxEntries, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = bpf_map_create_opts.allocate(arena);
            bpf_map_create_opts.sz(options, bpf_map_create_opts.sizeof());
            bpf_map_create_opts.map_flags(options, flags);
            int fd = Libbpf.bpf_map_create(
                    type.number(), arena.allocateFrom(name), keyBytes, valueBytes, maxEntries, options);
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

    /** What it is called in errors. */
    public String name() {
        return name;
    }

    /**
     * Sets a key's value, whether or not the key was there.
     *
     * @param what the key in words, for a message
     */
    public void put(MemorySegment key, MemorySegment value, Object what) {
        int result = Libbpf.bpf_map_update_elem(fd(), key, value, Libbpf.BPF_ANY());
        if (result < 0) {
            throw failure("bpf_map_update_elem", result, what);
        }
    }

    /**
     * Reads a key's value; of a per-CPU map, one value for each possible CPU, each rounded up to 8 bytes.
     *
     * @param what the key in words, for a message
     * @return false if the key is not there
     */
    public boolean get(MemorySegment key, MemorySegment value, Object what) {
        return isThere("bpf_map_lookup_elem", Libbpf.bpf_map_lookup_elem(fd(), key, value), what);
    }

    /**
     * Removes a key; of an array of maps, empties the element.
     *
     * @param what the key in words, for a message
     * @return false if the key was not there
     */
    public boolean remove(MemorySegment key, Object what) {
        return isThere("bpf_map_delete_elem", Libbpf.bpf_map_delete_elem(fd(), key), what);
    }

    private boolean isThere(String call, int result, Object what) {
        if (result < 0 && result != -Errno.ENOENT.number()) {
            throw failure(call, result, what);
        }
        return result >= 0;
    }

    private SystemCallException failure(String call, int result, Object what) {
        return new SystemCallException(call, name + " " + what, new Errno(-result));
    }

    /**
     * Steps through the keys. After a key that is gone by then the kernel begins anew with the first one.
     *
     * @param key the one before, or {@link MemorySegment#NULL} to begin
     * @param next is given the next one
     * @return false after the last
     */
    public boolean nextKey(MemorySegment key, MemorySegment next) {
        return LibbpfResult.checkUnless(
                Errno.ENOENT, Libbpf.bpf_map_get_next_key(fd(), key, next), "bpf_map_get_next_key", name);
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
