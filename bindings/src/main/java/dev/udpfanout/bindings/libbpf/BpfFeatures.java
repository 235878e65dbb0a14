package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import java.lang.foreign.MemorySegment;

/**
 * What the running kernel's bpf(2) knows, found out by trying: libbpf_probe_bpf_* of bpf/libbpf.h. Meaningful only
 * where the process may load programs: where bpf(2) itself is refused, libbpf takes a helper for supported.
 */
public final class BpfFeatures {
    /** linux/bpf.h; younger than some headers. Linux 5.11. */
    private static final int BPF_FUNC_KTIME_GET_COARSE_NS = 160;

    private BpfFeatures() {}

    /** A function that programs of type SCHED_CLS can call. */
    public enum Helper {
        REDIRECT_NEIGH(Libbpf.BPF_FUNC_redirect_neigh()),
        FIB_LOOKUP(Libbpf.BPF_FUNC_fib_lookup());

        private final int number;

        Helper(int number) {
            this.number = number;
        }
    }

    /** A type of map. */
    public enum MapType {
        HASH(Libbpf.BPF_MAP_TYPE_HASH()),
        ARRAY(Libbpf.BPF_MAP_TYPE_ARRAY()),
        PERCPU_ARRAY(Libbpf.BPF_MAP_TYPE_PERCPU_ARRAY()),
        ARRAY_OF_MAPS(Libbpf.BPF_MAP_TYPE_ARRAY_OF_MAPS());

        private final int number;

        MapType(int number) {
            this.number = number;
        }
    }

    /**
     * Whether a TC program may call the helper.
     *
     * @throws dev.udpfanout.bindings.errno.SystemCallException if it could not be found out
     */
    public static boolean has(Helper helper) {
        LibbpfLog.install();
        int result =
                Libbpf.libbpf_probe_bpf_helper(Libbpf.BPF_PROG_TYPE_SCHED_CLS(), helper.number, MemorySegment.NULL);
        return LibbpfResult.check(result, "libbpf_probe_bpf_helper", helper.name()) > 0;
    }

    /** Whether a TC program may ask for the time of the last tick; false where that could not be found out. */
    public static boolean hasCoarseClock() {
        LibbpfLog.install();
        return Libbpf.libbpf_probe_bpf_helper(
                        Libbpf.BPF_PROG_TYPE_SCHED_CLS(), BPF_FUNC_KTIME_GET_COARSE_NS, MemorySegment.NULL)
                > 0;
    }

    /**
     * Whether maps of that type can be made.
     *
     * @throws dev.udpfanout.bindings.errno.SystemCallException if it could not be found out
     */
    public static boolean has(MapType type) {
        LibbpfLog.install();
        int result = Libbpf.libbpf_probe_bpf_map_type(type.number, MemorySegment.NULL);
        return LibbpfResult.check(result, "libbpf_probe_bpf_map_type", type.name()) > 0;
    }
}
