package dev.udpfanout.forwarder.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Zeroed memory that takes a page of the machine's only when it is first touched: buffers are as long as the longest
 * datagram may be, and most datagrams are short. The JVM's own allocation would write to all of it, and count it
 * against its limit for direct memory. Source: mmap(2).
 */
public final class AnonymousMemory {
    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;

    private AnonymousMemory() {}

    /**
     * Maps memory, aligned to a page, that is unmapped when the arena is closed.
     *
     * @throws OutOfMemoryError if the kernel refuses
     */
    public static MemorySegment map(long bytes, Arena arena) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment mapped = LibC.mmapAnonymous(
                    call.allocate(LibC.ERRNO_STATE), bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE);
            if (mapped.address() < 0) {
                throw new OutOfMemoryError("mmap on " + bytes + " bytes: " + Errno.text((int) -mapped.address()));
            }
            return mapped.reinterpret(bytes, arena, AnonymousMemory::unmap);
        }
    }

    private static void unmap(MemorySegment mapped) {
        try (Arena call = Arena.ofConfined()) {
            LibC.munmap(call.allocate(LibC.ERRNO_STATE), mapped, mapped.byteSize());
        }
    }
}
