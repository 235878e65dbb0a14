package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.network.Network;
import java.util.Optional;

/** Puts programs on hooks in the way that the configuration asks for. */
final class Attacher {
    private Attacher() {}

    /**
     * Attaches a program, or has it take the place of what an earlier daemon left on the hook.
     *
     * @param method AUTO tries TCX and falls to clsact where the kernel has no TCX
     */
    static Attachment attach(AttachMethod method, BpfProgram program, HookPlace place, Network network) {
        return switch (method) {
            case CLSACT -> clsact(program, place, network);
            case TCX -> {
                try {
                    yield tcx(program, place, network);
                } catch (SystemCallException e) {
                    throw isWithoutTcx(e) ? withoutTcx(place, e) : e;
                }
            }
            case AUTO -> {
                try {
                    yield tcx(program, place, network);
                } catch (SystemCallException e) {
                    if (!isWithoutTcx(e)) {
                        throw e;
                    }
                    yield clsact(program, place, network);
                }
            }
        };
    }

    // What the other way has left goes only when this one is in place: no datagram passes by without a program.

    private static Attachment tcx(BpfProgram program, HookPlace place, Network network) {
        Attachment attachment = TcxAttachment.attach(program, place);
        ClsactAttachment.removeLeftover(place, network);
        return attachment;
    }

    private static Attachment clsact(BpfProgram program, HookPlace place, Network network) {
        Attachment attachment = ClsactAttachment.attach(program, place, network);
        TcxAttachment.removeLeftover(place);
        return attachment;
    }

    private static SystemCallException withoutTcx(HookPlace place, SystemCallException e) {
        return new SystemCallException(
                "bpf_link_create",
                place.interfaceName() + " " + place.hook(),
                e.errno(),
                "this kernel has no TCX, which came with Linux 6.6; use attach: auto or clsact");
    }

    /** The way in which an earlier daemon has attached a program to a hook; empty if none is left there. */
    static Optional<AttachMethod> left(HookPlace place, Network network) {
        if (TcxAttachment.isLeft(place)) {
            return Optional.of(AttachMethod.TCX);
        }
        return ClsactAttachment.isLeft(place, network) ? Optional.of(AttachMethod.CLSACT) : Optional.empty();
    }

    /** A kernel before 6.6 does not know the attach type: bpf(2) answers EINVAL. */
    private static boolean isWithoutTcx(SystemCallException e) {
        return e.errno().equals(Errno.EINVAL);
    }
}
