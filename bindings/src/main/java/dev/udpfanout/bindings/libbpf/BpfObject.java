package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_object_open_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An ELF object of BPF programs and maps: opened, given its settings, then loaded into the kernel. Owns the programs
 * and maps that it made; closing it closes them, and what neither a hook, nor a pin nor another descriptor holds goes.
 */
public final class BpfObject implements AutoCloseable {
    private static final MethodHandle OPEN_MEM =
            ErrnoCapture.handle(Libbpf.bpf_object__open_mem$address(), Libbpf.bpf_object__open_mem$descriptor());
    private static final MethodHandle FIND_MAP = ErrnoCapture.handle(
            Libbpf.bpf_object__find_map_by_name$address(), Libbpf.bpf_object__find_map_by_name$descriptor());
    private static final MethodHandle FIND_PROGRAM = ErrnoCapture.handle(
            Libbpf.bpf_object__find_program_by_name$address(), Libbpf.bpf_object__find_program_by_name$descriptor());
    private static final MethodHandle INITIAL_VALUE =
            ErrnoCapture.handle(Libbpf.bpf_map__initial_value$address(), Libbpf.bpf_map__initial_value$descriptor());

    private final String name;
    private MemorySegment object;

    private BpfObject(String name, MemorySegment object) {
        this.name = name;
        this.object = object;
    }

    /**
     * Parses an object; nothing is in the kernel yet.
     *
     * @param elf the file's content
     * @param name what to call it in errors, and the prefix of the names of its internal maps
     * @throws SystemCallException if it is no BPF object
     */
    public static BpfObject open(byte[] elf, String name) {
        LibbpfLog.install();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = bpf_object_open_opts.allocate(arena);
            bpf_object_open_opts.sz(options, bpf_object_open_opts.sizeof());
            bpf_object_open_opts.object_name(options, arena.allocateFrom(name));
            // libbpf is done with the file when this returns: bpf_object_open ends with bpf_object__elf_finish.
            MemorySegment file = arena.allocateFrom(ValueLayout.JAVA_BYTE, elf);
            MemorySegment object =
                    (MemorySegment) OPEN_MEM.invokeExact(ErrnoCapture.state(), file, (long) elf.length, options);
            if (object.equals(MemorySegment.NULL)) {
                throw new SystemCallException("bpf_object__open_mem", name, ErrnoCapture.errno());
            }
            return new BpfObject(name, object);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * Edits the initial value of a data section before {@link #load}.
     *
     * @param section for example {@code ".rodata.settings"}
     * @param edit is given the section's bytes
     */
    public void editSection(String section, Consumer<MemorySegment> edit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment value =
                    (MemorySegment) INITIAL_VALUE.invokeExact(ErrnoCapture.state(), findMap(section), size);
            if (value.equals(MemorySegment.NULL)) {
                throw new SystemCallException("bpf_map__initial_value", section, ErrnoCapture.errno());
            }
            edit.accept(value.reinterpret(size.get(ValueLayout.JAVA_LONG, 0)));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** What one of the object's own maps is, or will be when it is loaded. */
    public MapShape shapeOf(String mapName) {
        MemorySegment map = findMap(mapName);
        return new MapShape(
                Libbpf.bpf_map__type(map),
                Libbpf.bpf_map__key_size(map),
                Libbpf.bpf_map__value_size(map),
                Libbpf.bpf_map__max_entries(map));
    }

    /**
     * Has {@link #load} make a map of the object's own with another number of elements than the file says.
     *
     * @param maxEntries the most elements
     */
    public void resizeMap(String mapName, int maxEntries) {
        LibbpfResult.check(
                Libbpf.bpf_map__set_max_entries(findMap(mapName), maxEntries), "bpf_map__set_max_entries", mapName);
    }

    /**
     * Has {@link #load} use a map that is there already in place of one of the object's own.
     *
     * @param mapName of the object's map
     * @param existing of the same type, key size, value size and flags; may be closed afterwards
     */
    public void reuseMap(String mapName, BpfMap existing) {
        LibbpfResult.check(Libbpf.bpf_map__reuse_fd(findMap(mapName), existing.fd()), "bpf_map__reuse_fd", mapName);
    }

    /**
     * As above, for all maps at once.
     *
     * @param loaded made of the same file, and loaded; may be closed afterwards
     */
    public void reuseMapsOf(BpfObject loaded) {
        MemorySegment own = Libbpf.bpf_object__next_map(open(), MemorySegment.NULL);
        MemorySegment there = Libbpf.bpf_object__next_map(loaded.open(), MemorySegment.NULL);
        // Side by side, not by name: both have them in the file's order, and libbpf renames some that are reused.
        while (!own.equals(MemorySegment.NULL)) {
            LibbpfResult.check(
                    Libbpf.bpf_map__reuse_fd(own, Libbpf.bpf_map__fd(there)), "bpf_map__reuse_fd", loaded.name);
            own = Libbpf.bpf_object__next_map(open(), own);
            there = Libbpf.bpf_object__next_map(loaded.open(), there);
        }
    }

    /**
     * Makes the maps and has the verifier check the programs.
     *
     * @throws SystemCallException EPERM without the capabilities; EINVAL or EACCES where the verifier refuses (its
     *     reasons are in the log)
     */
    public void load() {
        LibbpfResult.check(Libbpf.bpf_object__load(open()), "bpf_object__load", name);
    }

    /**
     * As above, where a refusal is an answer, not a fault: libbpf's reasons are logged at trace.
     *
     * @throws SystemCallException as above; ESRCH or ENOENT where the kernel lacks what the object names, or its BTF
     */
    public void tryToLoad() {
        LibbpfResult.check(LibbpfLog.expectingFailure(() -> Libbpf.bpf_object__load(open())), "bpf_object__load", name);
    }

    /** As {@link #load()}, but for programs with other names than these: they are not in the kernel. All maps are. */
    public void load(Set<String> programNames) {
        MemorySegment program = Libbpf.bpf_object__next_program(open(), MemorySegment.NULL);
        while (!program.equals(MemorySegment.NULL)) {
            String programName = Libbpf.bpf_program__name(program).getString(0);
            boolean isAsked = programNames.contains(programName);
            LibbpfResult.check(
                    Libbpf.bpf_program__set_autoload(program, isAsked), "bpf_program__set_autoload", programName);
            program = Libbpf.bpf_object__next_program(open(), program);
        }
        load();
    }

    /** A program of the loaded object; valid as long as the object is. */
    public BpfProgram program(String programName) {
        int fd = LibbpfResult.check(Libbpf.bpf_program__fd(findProgram(programName)), "bpf_program__fd", programName);
        return new BpfProgram(programName, fd);
    }

    /** Attaches a program of the loaded object to the raw tracepoint that its section names. */
    public ProbeLink attachProbe(String programName) {
        return ProbeLink.attach(findProgram(programName), programName);
    }

    private MemorySegment findProgram(String programName) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = (MemorySegment)
                    FIND_PROGRAM.invokeExact(ErrnoCapture.state(), open(), arena.allocateFrom(programName));
            if (program.equals(MemorySegment.NULL)) {
                throw new SystemCallException("bpf_object__find_program_by_name", programName, ErrnoCapture.errno());
            }
            return program;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** A map of the loaded object; valid as long as the object is. */
    public BpfMap map(String mapName) {
        int fd = LibbpfResult.check(Libbpf.bpf_map__fd(findMap(mapName)), "bpf_map__fd", mapName);
        return BpfMap.borrowed(mapName, fd);
    }

    private MemorySegment findMap(String mapName) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment map =
                    (MemorySegment) FIND_MAP.invokeExact(ErrnoCapture.state(), open(), arena.allocateFrom(mapName));
            if (map.equals(MemorySegment.NULL)) {
                throw new SystemCallException("bpf_object__find_map_by_name", mapName, ErrnoCapture.errno());
            }
            return map;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private MemorySegment open() {
        if (object.equals(MemorySegment.NULL)) {
            throw new IllegalStateException("BPF object " + name + " is closed");
        }
        return object;
    }

    @Override
    public void close() {
        if (!object.equals(MemorySegment.NULL)) {
            Libbpf.bpf_object__close(object);
            object = MemorySegment.NULL;
        }
    }
}
