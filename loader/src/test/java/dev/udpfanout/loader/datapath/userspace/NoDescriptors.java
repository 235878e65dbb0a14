package dev.udpfanout.loader.datapath.userspace;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * While it is open, this process gets no new descriptor, as if it had used all up; those that it has stay. A class
 * whose file would have to be opened meanwhile cannot be loaded: let what is tried have run before. Source:
 * getrlimit(2).
 */
public final class NoDescriptors implements AutoCloseable {
    private static final int RLIMIT_NOFILE = 7;
    /** Standard input, output and error have these, always. */
    private static final long ALL_TAKEN = 3;

    private static final MethodHandle GETRLIMIT = function("getrlimit");
    private static final MethodHandle SETRLIMIT = function("setrlimit");

    private final long soft;
    private final long hard;

    /** From now on. */
    public NoDescriptors() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
            call(GETRLIMIT, limit);
            soft = limit.getAtIndex(ValueLayout.JAVA_LONG, 0);
            hard = limit.getAtIndex(ValueLayout.JAVA_LONG, 1);
        }
        set(ALL_TAKEN);
    }

    private void set(long newSoft) {
        try (Arena arena = Arena.ofConfined()) {
            call(SETRLIMIT, arena.allocateFrom(ValueLayout.JAVA_LONG, newSoft, hard));
        }
    }

    private static MethodHandle function(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    private static void call(MethodHandle function, MemorySegment limit) {
        int result;
        try {
            result = (int) function.invokeExact(RLIMIT_NOFILE, limit);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (result != 0) {
            throw new IllegalStateException("the limit of open files cannot be changed");
        }
    }

    @Override
    public void close() {
        set(soft);
    }
}
