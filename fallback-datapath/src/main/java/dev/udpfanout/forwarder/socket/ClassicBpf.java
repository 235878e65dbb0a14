package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;

/** A classic BPF program of a few instructions. Source: Documentation/networking/filter.rst. */
public final class ClassicBpf {
    private static final int LOAD_WORD_ABSOLUTE = 0x20;
    private static final int MODULO_CONSTANT = 0x94;
    private static final int RETURN_CONSTANT = 0x06;
    private static final int RETURN_ACCUMULATOR = 0x16;

    /** SKF_AD_OFF + SKF_AD_RANDOM: a random number instead of packet bytes. Source: linux/filter.h. */
    private static final int RANDOM = -0x1000 + 56;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_BYTES = 16;

    private final int[][] instructions;

    /**
     * @param instructions each with its code, how far to jump if its condition is true, and if it is not, and its
     *     constant
     */
    ClassicBpf(int[]... instructions) {
        this.instructions = instructions;
    }

    /**
     * For SO_ATTACH_REUSEPORT_CBPF: each datagram goes to a random one of the group's first sockets, whatever its flow.
     *
     * @param sockets how many sockets, in the order in which they joined the group
     */
    public static ClassicBpf randomSocket(int sockets) {
        return new ClassicBpf(
                new int[] {LOAD_WORD_ABSOLUTE, 0, 0, RANDOM},
                new int[] {MODULO_CONSTANT, 0, 0, sockets},
                new int[] {RETURN_ACCUMULATOR, 0, 0, 0});
    }

    /** For SO_ATTACH_FILTER: keeps nothing of any datagram, for a socket that only sends. */
    public static ClassicBpf dropAll() {
        return new ClassicBpf(new int[] {RETURN_CONSTANT, 0, 0, 0});
    }

    /**
     * For SO_ATTACH_FILTER: keeps only what was sent to a listener's addresses. Broadcasts and multicasts need it: the
     * kernel gives a copy to every socket on the wildcard address, and asks no reuseport program. The socket must be of
     * the addresses' family only. Source: {@code __udp4_lib_mcast_deliver} of net/ipv4/udp.c.
     *
     * @param bind the one address
     * @param network of the others
     * @param bits its prefix's length
     */
    public static ClassicBpf onlyTo(InetAddress bind, InetAddress network, int bits) {
        return RangeSelection.filter(bind, network, bits);
    }

    /** struct sock_fprog, pointing to its struct sock_filter array; both live as long as the arena. */
    MemorySegment encode(Arena arena) {
        MemorySegment filter = arena.allocate((long) instructions.length * INSTRUCTION_BYTES, Long.BYTES);
        for (int i = 0; i < instructions.length; i++) {
            long at = (long) i * INSTRUCTION_BYTES;
            filter.set(JAVA_SHORT, at, (short) instructions[i][0]);
            filter.set(JAVA_BYTE, at + 2, (byte) instructions[i][1]);
            filter.set(JAVA_BYTE, at + 3, (byte) instructions[i][2]);
            filter.set(JAVA_INT, at + 4, instructions[i][3]);
        }
        MemorySegment program = arena.allocate(PROGRAM_BYTES, Long.BYTES);
        program.set(JAVA_SHORT, 0, (short) instructions.length);
        program.set(ADDRESS, 8, filter);
        return program;
    }
}
