package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * One socket descriptor and the calls that set it up; belongs to the network namespace of the thread that opened it.
 * Datagrams go in and out elsewhere, by {@link #fd()}. Closing twice is harmless.
 */
public final class DatagramSocket implements AutoCloseable {
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_FRAGMENT = 44;
    /** IP_PMTUDISC_DONT and IPV6_PMTUDISC_DONT: source in.h and in6.h of include/uapi/linux. */
    private static final int PMTUDISC_DONT = 0;

    private static final int MEMINFO_WORDS = 9;
    private static final int MEMINFO_QUEUED = 0;
    private static final int MEMINFO_DROPS = 8;

    private final int fd;
    private boolean closed;

    private DatagramSocket(int fd) {
        this.fd = fd;
    }

    /** A UDP socket of the address's family. */
    public static DatagramSocket openUdp(InetAddress address) throws SocketException {
        return open(address, SOCK_DGRAM);
    }

    /** A raw socket that sends UDP headers made by the caller; needs CAP_NET_RAW. Source: raw(7). */
    public static DatagramSocket openRawUdp(InetAddress address) throws SocketException {
        return open(address, SOCK_RAW);
    }

    /** A raw socket that sends pieces of IPv6 packets, each with the fragment header before it; needs CAP_NET_RAW. */
    public static DatagramSocket openRawFragments(InetAddress address) throws SocketException {
        return open(address, SOCK_RAW, IPPROTO_FRAGMENT);
    }

    private static DatagramSocket open(InetAddress address, int type) throws SocketException {
        return open(address, type, IPPROTO_UDP);
    }

    private static DatagramSocket open(InetAddress address, int type, int protocol) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = LibC.socket(errno(arena), SocketAddresses.family(address), type | SOCK_CLOEXEC, protocol);
            DatagramSocket socket = new DatagramSocket(check(fd, "socket", type == SOCK_RAW ? "raw UDP" : "UDP"));
            socket.letPacketsBeCut(address);
            return socket;
        }
    }

    /**
     * A router's word that a packet is too large goes to the packet's source. That is us, who cannot pass it on, or a
     * client that does not know of this packet: nobody would learn from it, so that nobody may ask for it.
     */
    private void letPacketsBeCut(InetAddress address) throws SocketException {
        try {
            set(
                    address instanceof Inet6Address ? SocketOption.IPV6_MTU_DISCOVER : SocketOption.IP_MTU_DISCOVER,
                    PMTUDISC_DONT);
        } catch (SocketException e) {
            close();
            throw e;
        }
    }

    /** The descriptor; this object stays its owner. */
    public int fd() {
        return fd;
    }

    /** bind(2). */
    public void bind(InetSocketAddress address) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            check(LibC.bind(errno(arena), fd, SocketAddresses.encode(address, arena)), "bind", address.toString());
        }
    }

    /** connect(2): from now on errors that ICMP reports for the peer come out of the socket's calls. */
    public void connect(InetSocketAddress peer) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            check(LibC.connect(errno(arena), fd, SocketAddresses.encode(peer, arena)), "connect", peer.toString());
        }
    }

    /** The address and port that the socket is bound to. */
    public InetSocketAddress localAddress() throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddresses.IPV6_BYTES, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, SocketAddresses.IPV6_BYTES);
            check(LibC.getsockname(errno(arena), fd, address, length), "getsockname", "");
            return SocketAddresses.decode(address);
        }
    }

    /** Sets an option whose value is a C int. */
    public void set(SocketOption option, int value) throws SocketException {
        check(trySet(option, value), "setsockopt", option.name() + " = " + value);
    }

    /** As {@link #set(SocketOption, int)}, but returns 0 or {@code -errno}. */
    public int trySet(SocketOption option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return LibC.setsockopt(
                    errno(arena), fd, option.level(), option.number(), arena.allocateFrom(JAVA_INT, value));
        }
    }

    /** Attaches a classic BPF program by one of the options that take one. */
    public void attach(SocketOption option, ClassicBpf program) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = program.encode(arena);
            check(
                    LibC.setsockopt(errno(arena), fd, option.level(), option.number(), value),
                    "setsockopt",
                    option.name());
        }
    }

    /** An option whose value is a C int. */
    public int get(SocketOption option) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            check(
                    LibC.getsockopt(errno(arena), fd, option.level(), option.number(), value, length),
                    "getsockopt",
                    option.name());
            return value.get(JAVA_INT, 0);
        }
    }

    /** Datagrams that the kernel dropped for this socket since it was opened; an unsigned count that wraps at 2^32. */
    public int kernelDrops() throws SocketException {
        return memoryFigure(MEMINFO_DROPS);
    }

    /** Memory of datagrams that wait to be read, the kernel's overhead included, bytes; 0 if none waits. */
    public int queuedBytes() throws SocketException {
        return memoryFigure(MEMINFO_QUEUED);
    }

    private int memoryFigure(int index) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            SocketOption option = SocketOption.MEMINFO;
            MemorySegment words = arena.allocate(JAVA_INT, MEMINFO_WORDS);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) words.byteSize());
            check(
                    LibC.getsockopt(errno(arena), fd, option.level(), option.number(), words, length),
                    "getsockopt",
                    option.name());
            return words.getAtIndex(JAVA_INT, index);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (Arena arena = Arena.ofConfined()) {
            LibC.close(errno(arena), fd);
        }
    }

    private static MemorySegment errno(Arena arena) {
        return arena.allocate(LibC.ERRNO_STATE);
    }

    private static int check(int result, String call, String on) throws SocketException {
        if (result < 0) {
            throw new SocketException(call, on, -result);
        }
        return result;
    }
}
