package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Keeps a thread on one CPU. Source: sched_setaffinity(2). */
public final class CpuAffinity {
    /** As glibc's cpu_set_t: CPUs 0 to 1023. */
    public static final int MAX_CPUS = 1024;

    private CpuAffinity() {}

    /**
     * Pins the calling thread.
     *
     * @throws SocketException if there is no such CPU or the thread may not run there
     */
    public static void pinTo(int cpu) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(JAVA_LONG, MAX_CPUS / Long.SIZE);
            mask.setAtIndex(JAVA_LONG, cpu / Long.SIZE, 1L << (cpu % Long.SIZE));
            int result = LibC.schedSetAffinity(arena.allocate(LibC.ERRNO_STATE), mask);
            if (result < 0) {
                throw new SocketException("sched_setaffinity", "CPU " + cpu, -result);
            }
        }
    }
}
