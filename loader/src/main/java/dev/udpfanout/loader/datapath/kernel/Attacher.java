package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;

/** Puts programs on hooks in the way that the configuration asks for. */
final class Attacher {
    private Attacher() {}

    /**
     * Attaches a program.
     *
     * @param method AUTO tries TCX and falls to clsact where the kernel has no TCX
     */
    static Attachment attach(
            AttachMethod method, BpfProgram program, int ifindex, String interfaceName, HookPoint hook) {
        return switch (method) {
            case CLSACT -> ClsactAttachment.attach(program, ifindex, interfaceName, hook);
            case TCX -> tcx(program, ifindex, interfaceName, hook);
            case AUTO -> {
                try {
                    yield TcxAttachment.attach(program, ifindex, interfaceName, hook);
                } catch (SystemCallException e) {
                    if (!isWithoutTcx(e)) {
                        throw e;
                    }
                    yield ClsactAttachment.attach(program, ifindex, interfaceName, hook);
                }
            }
        };
    }

    private static Attachment tcx(BpfProgram program, int ifindex, String interfaceName, HookPoint hook) {
        try {
            return TcxAttachment.attach(program, ifindex, interfaceName, hook);
        } catch (SystemCallException e) {
            if (isWithoutTcx(e)) {
                throw new SystemCallException(
                        "bpf_link_create",
                        interfaceName + " " + hook,
                        e.errno(),
                        "this kernel has no TCX, which came with Linux 6.6; use attach: auto or clsact");
            }
            throw e;
        }
    }

    /** A kernel before 6.6 does not know the attach type: bpf(2) answers EINVAL. */
    private static boolean isWithoutTcx(SystemCallException e) {
        return e.errno().equals(Errno.EINVAL);
    }
}
