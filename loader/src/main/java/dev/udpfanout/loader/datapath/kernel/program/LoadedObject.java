package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of one eBPF object file is in the kernel: all maps, and the programs that were asked for, which stay until this
 * is closed. The verifier takes most of a start, and a node has hooks for few of the programs. For one thread.
 */
final class LoadedObject implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedObject.class);

    /** What bpf(2) answers where the verifier refuses a program. */
    private static final Set<String> BY_VERIFIER = Set.of("EACCES", "EINVAL", "E2BIG");

    private final byte[] elf;
    private final BpfObject first;
    private final List<BpfObject> further = new ArrayList<>();
    private final Map<String, BpfProgram> programs = new HashMap<>();
    private final Map<String, BpfProgram> spares = new HashMap<>();
    private final Map<String, Errno> refused = new HashMap<>();

    private LoadedObject(byte[] elf, BpfObject first) {
        this.elf = elf;
        this.first = first;
    }

    /**
     * Makes the maps, and has the first programs verified.
     *
     * @param elf the file's content; not copied
     * @param names the first programs
     * @param preparation edits settings, and says which maps there are already
     */
    static LoadedObject load(byte[] elf, Set<String> names, Consumer<BpfObject> preparation) {
        LoadedObject loaded = new LoadedObject(elf, BpfObject.open(elf, KernelProgram.REWRITE));
        try {
            preparation.accept(loaded.first);
            loaded.first.load(names);
            names.forEach(name -> loaded.programs.put(name, loaded.first.program(name)));
            return loaded;
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /**
     * A program, loaded now if it is not yet: then it fails as {@link #load} does. What the verifier has refused once
     * is not given to it again: it would say the same at every comparison, and take most of a CPU for it.
     */
    BpfProgram program(String name) {
        if (refused.containsKey(name)) {
            throw new SystemCallException(
                    "bpf_object__load",
                    name,
                    refused.get(name),
                    "the kernel refused it before; restart the daemon to try again");
        }
        if (!programs.containsKey(name)) {
            programs.put(name, loadFurther(name));
            LOG.atInfo().addKeyValue("program", name).log("loaded a further TC eBPF program");
        }
        return programs.get(name);
    }

    /**
     * Another instance of a program, beside {@link #program}: a hook takes each instance once. Loaded at the first
     * call.
     */
    BpfProgram spare(String name) {
        return spares.computeIfAbsent(name, this::loadFurther);
    }

    /** The kernel's numbers of all programs that are loaded. */
    Set<Integer> ids() {
        return Stream.concat(programs.values().stream(), spares.values().stream())
                .map(BpfProgram::id)
                .collect(Collectors.toSet());
    }

    /** An object loads once, so it takes another of the same file; maps and settings are the first one's. */
    private BpfProgram loadFurther(String name) {
        BpfObject object = BpfObject.open(elf, name);
        try {
            object.reuseMapsOf(first);
            verify(object, name);
            BpfProgram program = object.program(name);
            further.add(object);
            return program;
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    private void verify(BpfObject object, String name) {
        try {
            object.load(Set.of(name));
        } catch (SystemCallException e) {
            if (BY_VERIFIER.contains(e.errno().symbol())) {
                refused.put(name, e.errno());
            }
            throw e;
        }
    }

    /** As {@link BuiltInObjects#isPlain}. */
    boolean isPlain() {
        return BuiltInObjects.isPlain(elf);
    }

    BpfMap map(String name) {
        return first.map(name);
    }

    @Override
    public void close() {
        further.forEach(BpfObject::close);
        first.close();
    }
}
