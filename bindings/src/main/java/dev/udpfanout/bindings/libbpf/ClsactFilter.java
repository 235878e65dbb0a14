package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.bpf_tc_hook;
import dev.udpfanout.bindings.generated.libbpf.bpf_tc_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A program as a direct-action filter of a clsact qdisc: the way to attach before TCX. The filter belongs to the
 * interface, not to us: it outlives the process, and anyone with CAP_NET_ADMIN can remove it. Source: tc-bpf(8),
 * bpf_tc_attach in bpf/libbpf.h.
 *
 * @param ifindex the interface
 * @param hook ingress or egress
 * @param priority tc's "pref"
 * @param handle the filter's number at this priority
 * @param programId the kernel's number of its program
 */
public record ClsactFilter(int ifindex, HookPoint hook, int priority, int handle, int programId) {

    /**
     * Makes the clsact qdisc of an interface.
     *
     * @return false if there was one
     */
    public static boolean createQdisc(int ifindex, String interfaceName) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment hook = hook(arena, ifindex, HookPoint.INGRESS);
            return LibbpfResult.checkUnless(
                    Errno.EEXIST,
                    LibbpfLog.expectingFailure(() -> Libbpf.bpf_tc_hook_create(hook)),
                    "bpf_tc_hook_create",
                    interfaceName);
        }
    }

    /**
     * Adds the program behind those that are at this priority; the kernel picks the handle.
     *
     * @param priority 1..65535; a lower number runs earlier
     */
    public static ClsactFilter attach(
            BpfProgram program, int ifindex, String interfaceName, HookPoint hook, int priority) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = options(arena, 0, priority);
            bpf_tc_opts.prog_fd(options, program.fd());
            LibbpfResult.check(
                    Libbpf.bpf_tc_attach(hook(arena, ifindex, hook), options),
                    "bpf_tc_attach",
                    interfaceName + " " + hook);
            return new ClsactFilter(
                    ifindex,
                    hook,
                    bpf_tc_opts.priority(options),
                    bpf_tc_opts.handle(options),
                    bpf_tc_opts.prog_id(options));
        }
    }

    /** Puts another program in this filter's place in one step. */
    public ClsactFilter replace(BpfProgram program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = options(arena, handle, priority);
            bpf_tc_opts.prog_fd(options, program.fd());
            bpf_tc_opts.flags(options, Libbpf.BPF_TC_F_REPLACE());
            LibbpfResult.check(Libbpf.bpf_tc_attach(hook(arena, ifindex, hook), options), "bpf_tc_attach", "" + this);
            return new ClsactFilter(ifindex, hook, priority, handle, bpf_tc_opts.prog_id(options));
        }
    }

    /** Whether the kernel still has this filter, with the same program in it. */
    public boolean isAttached() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = options(arena, handle, priority);
            MemorySegment place = hook(arena, ifindex, hook);
            int result = LibbpfLog.expectingFailure(() -> Libbpf.bpf_tc_query(place, options));
            return result == 0 && bpf_tc_opts.prog_id(options) == programId;
        }
    }

    /**
     * Removes this filter and no other; the qdisc stays.
     *
     * @return false if it was gone
     */
    public boolean detach() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = hook(arena, ifindex, hook);
            MemorySegment options = options(arena, handle, priority);
            int result = LibbpfLog.expectingFailure(() -> Libbpf.bpf_tc_detach(place, options));
            if (result == -Errno.EINVAL.number() || result == -Errno.ENODEV.number()) {
                return false;
            }
            return LibbpfResult.checkUnless(Errno.ENOENT, result, "bpf_tc_detach", "" + this);
        }
    }

    private static MemorySegment hook(Arena arena, int ifindex, HookPoint point) {
        MemorySegment hook = bpf_tc_hook.allocate(arena);
        bpf_tc_hook.sz(hook, bpf_tc_hook.sizeof());
        bpf_tc_hook.ifindex(hook, ifindex);
        bpf_tc_hook.attach_point(hook, point.clsactPoint());
        return hook;
    }

    private static MemorySegment options(Arena arena, int handle, int priority) {
        MemorySegment options = bpf_tc_opts.allocate(arena);
        bpf_tc_opts.sz(options, bpf_tc_opts.sizeof());
        bpf_tc_opts.handle(options, handle);
        bpf_tc_opts.priority(options, priority);
        return options;
    }
}
