package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;

/** The types of the running kernel, as /sys/kernel/btf/vmlinux describes them. Source: Documentation/bpf/btf.rst. */
public final class KernelTypes {
    private static final MethodHandle LOAD =
            ErrnoCapture.handle(Libbpf.btf__load_vmlinux_btf$address(), Libbpf.btf__load_vmlinux_btf$descriptor());

    /** BTF_KIND_ENUM. */
    private static final int ENUM = 6;

    /** struct btf_type: three numbers, then the constants, each of a name and a value. */
    private static final int HEADER_BYTES = 12;

    private static final int CONSTANT_BYTES = 8;

    private KernelTypes() {}

    /**
     * The constants of an enum, by value; empty if this kernel has no such enum.
     *
     * @throws SystemCallException if the kernel was built without BTF
     */
    public static Map<Integer, String> enumeration(String name) {
        LibbpfLog.install();
        MemorySegment types = load();
        try (Arena arena = Arena.ofConfined()) {
            int id = Libbpf.btf__find_by_name_kind(types, arena.allocateFrom(name), ENUM);
            return id < 0 ? Map.of() : constants(types, Libbpf.btf__type_by_id(types, id));
        } finally {
            Libbpf.btf__free(types);
        }
    }

    private static MemorySegment load() {
        try {
            MemorySegment types = (MemorySegment) LOAD.invokeExact(ErrnoCapture.state());
            if (types.equals(MemorySegment.NULL)) {
                throw new SystemCallException("btf__load_vmlinux_btf", "/sys/kernel/btf/vmlinux", ErrnoCapture.errno());
            }
            return types;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static Map<Integer, String> constants(MemorySegment types, MemorySegment type) {
        int count = type.get(ValueLayout.JAVA_INT, Integer.BYTES) & 0xffff;
        Map<Integer, String> constants = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long at = HEADER_BYTES + (long) i * CONSTANT_BYTES;
            MemorySegment name = Libbpf.btf__name_by_offset(types, type.get(ValueLayout.JAVA_INT, at));
            constants.put(type.get(ValueLayout.JAVA_INT, at + Integer.BYTES), name.getString(0));
        }
        return constants;
    }
}
