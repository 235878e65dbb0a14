package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.HookProgram;
import java.util.List;
import java.util.Set;

/** A program on a hook. Closing it takes the program off and leaves everyone else's. */
interface Attachment extends AutoCloseable {
    /** Whether the program is still where we put it; false after someone else removed it, or the interface went. */
    boolean isAttached();

    /** Whether it is not attached any more, as far as the kernel does not tell of that by itself. */
    default boolean isSilentlyGone() {
        return false;
    }

    /** {@code "tcx"} or {@code "clsact"}. */
    String method();

    /** Whether the program took the place of one that an earlier daemon had left there, in one step. */
    boolean isAdopted();

    /**
     * Pins it again, if it is to be pinned and has lost its pin.
     *
     * @return whether it had lost it
     */
    default boolean restorePin() {
        return false;
    }

    /** The kernel's number for the program. */
    int programId();

    /**
     * Who runs before the program on this hook, first of all first.
     *
     * @param own programs that do not count, by the kernel's numbers
     */
    List<HookProgram> before(Set<Integer> own);

    /** Whether {@link #moveFirst} would bring the program before one that runs before it now. */
    boolean canMove(Set<Integer> own);

    /**
     * Puts the program first on its hook. At no moment is there none: another instance goes first, then this one goes.
     *
     * @param instance of the same program
     */
    Attachment moveFirst(BpfProgram instance);

    /** Lets go of the program without taking it off, if the kernel can keep it. */
    void release();

    @Override
    void close();
}
