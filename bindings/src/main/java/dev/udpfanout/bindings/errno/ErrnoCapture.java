package dev.udpfanout.bindings.errno;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Calls C functions so that {@code errno} is read before the JVM can overwrite it: what jextract generates does not. A
 * handle made here takes one more leading argument, the segment of {@link #state()}.
 *
 * <p>The state is one per thread, allocated once: a call allocates nothing.
 */
public final class ErrnoCapture {
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> PER_THREAD =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private ErrnoCapture() {}

    /**
     * A handle for a C function that records errno.
     *
     * @param address the function, from jextract's {@code NAME$address()}
     * @param descriptor its type, from jextract's {@code NAME$descriptor()}
     */
    public static MethodHandle handle(MemorySegment address, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(address, descriptor, CAPTURE);
    }

    /**
     * As {@link #handle}, for a variadic C function such as open(2).
     *
     * @param fixedArguments how many arguments stand before the ellipsis
     */
    public static MethodHandle variadicHandle(
            MemorySegment address, FunctionDescriptor descriptor, int fixedArguments) {
        return Linker.nativeLinker()
                .downcallHandle(address, descriptor, CAPTURE, Linker.Option.firstVariadicArg(fixedArguments));
    }

    /** The first argument of a call through such a handle; of the calling thread. */
    public static MemorySegment state() {
        return PER_THREAD.get();
    }

    /** The errno that the calling thread's last call through such a handle left; meaningful only if the call failed. */
    public static Errno errno() {
        return new Errno((int) ERRNO.get(PER_THREAD.get(), 0L));
    }

    /**
     * For the catch block around {@code invokeExact}, which declares Throwable: throws what is unchecked as it is.
     * Write {@code throw ErrnoCapture.rethrown(e)}, so that the compiler knows that the block ends there.
     */
    public static RuntimeException rethrown(Throwable thrown) {
        if (thrown instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        throw new AssertionError("a native method handle threw a checked exception", thrown);
    }
}
