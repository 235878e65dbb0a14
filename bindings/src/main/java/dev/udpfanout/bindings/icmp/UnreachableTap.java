package dev.udpfanout.bindings.icmp;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Sees ICMP port unreachable that this machine receives for others, and forwards: errors about datagrams with a
 * client's address go to that client. A packet socket (packet(7)) whose filter takes nothing else.
 *
 * <p>It is for all protocols (ETH_P_ALL), and for what comes in (PACKET_IGNORE_OUTGOING, since Linux 4.20): such a
 * socket gets a packet before IP does, so that the kernel need not clone what the filter refuses. One for IP gets it
 * beside IP, and since Linux 6.16 the kernel clones each packet then (net/core/dev.c, __netif_receive_skb_core).
 *
 * <p>Anybody can forge such an error. For one thread.
 */
public final class UnreachableTap implements AutoCloseable {
    private static final MethodHandle SOCKET = ErrnoCapture.handle(Libc.socket$address(), Libc.socket$descriptor());
    private static final MethodHandle SETSOCKOPT =
            ErrnoCapture.handle(Libc.setsockopt$address(), Libc.setsockopt$descriptor());
    private static final MethodHandle BIND = ErrnoCapture.handle(Libc.bind$address(), Libc.bind$descriptor());
    private static final MethodHandle RECV = ErrnoCapture.handle(Libc.recv$address(), Libc.recv$descriptor());

    /** linux/if_ether.h, in network byte order. */
    private static final short ETH_P_ALL = 0x0300;

    /** linux/if_packet.h */
    private static final int SOL_PACKET = 263;

    private static final int PACKET_IGNORE_OUTGOING = 23;

    /** asm-generic/socket.h */
    private static final int SO_ATTACH_FILTER = 26;

    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int ICMP_BYTES = 8;
    private static final int IPV4_PROTOCOL = 9;
    private static final int IPV4_DESTINATION = 16;
    private static final int IPV6_NEXT_HEADER = 6;
    private static final int IPV6_DESTINATION = 24;
    private static final int IPV6_BYTES = 40;
    /** Type 3, code 3 of RFC 792; type 1, code 4 of RFC 4443. */
    private static final int PORT_UNREACHABLE = 0x0303;

    private static final int PORT_UNREACHABLE6 = 0x0104;

    private static final int PACKET_BYTES = 256;
    private static final int MOST_AT_ONCE = 256;

    /**
     * {@code struct sock_filter} of linux/filter.h: code, where to jump to if it is so and if it is not, and a number.
     * The last but one takes a packet, the last refuses it.
     */
    private static final int[][] FILTER = {
        {0x28, 0, 0, 0xfffff000}, // the protocol: SKF_AD_OFF + SKF_AD_PROTOCOL
        {0x15, 0, 5, 0x0800},
        {0x30, 0, 0, IPV4_PROTOCOL},
        {0x15, 0, 9, IPPROTO_ICMP},
        {0xb1, 0, 0, 0}, // the length of the IPv4 header
        {0x48, 0, 0, 0},
        {0x15, 5, 6, PORT_UNREACHABLE},
        {0x15, 0, 5, 0x86dd},
        {0x30, 0, 0, IPV6_NEXT_HEADER},
        {0x15, 0, 3, IPPROTO_ICMPV6},
        {0x28, 0, 0, IPV6_BYTES},
        {0x15, 0, 1, PORT_UNREACHABLE6},
        {0x06, 0, 0, PACKET_BYTES},
        {0x06, 0, 0, 0},
    };

    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_BYTES = 16;
    private static final int ADDRESS_BYTES = 20;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment packet = arena.allocate(PACKET_BYTES);
    private int fd;

    private UnreachableTap(int fd) {
        this.fd = fd;
    }

    /**
     * In the calling thread's network namespace.
     *
     * @throws SystemCallException EPERM without CAP_NET_RAW
     */
    public static UnreachableTap open() {
        try {
            int type = Libc.SOCK_DGRAM() | Libc.SOCK_CLOEXEC() | Libc.SOCK_NONBLOCK();
            // Without a protocol it gets nothing yet: it would get all that comes before it has its filter.
            int fd = (int) SOCKET.invokeExact(ErrnoCapture.state(), Libc.AF_PACKET(), type, 0);
            if (fd < 0) {
                throw new SystemCallException("socket", "AF_PACKET", ErrnoCapture.errno());
            }
            UnreachableTap tap = new UnreachableTap(fd);
            try {
                tap.setUp();
                return tap;
            } catch (RuntimeException e) {
                tap.close();
                throw e;
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private void setUp() {
        try (Arena once = Arena.ofConfined()) {
            MemorySegment filter = once.allocate((long) FILTER.length * INSTRUCTION_BYTES, Integer.BYTES);
            for (int i = 0; i < FILTER.length; i++) {
                MemorySegment instruction = filter.asSlice((long) i * INSTRUCTION_BYTES);
                instruction.set(ValueLayout.JAVA_SHORT, 0, (short) FILTER[i][0]);
                instruction.set(ValueLayout.JAVA_BYTE, 2, (byte) FILTER[i][1]);
                instruction.set(ValueLayout.JAVA_BYTE, 3, (byte) FILTER[i][2]);
                instruction.set(ValueLayout.JAVA_INT, 4, FILTER[i][3]);
            }
            MemorySegment program = once.allocate(PROGRAM_BYTES, Long.BYTES);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) FILTER.length);
            program.set(ValueLayout.ADDRESS, Long.BYTES, filter);
            require("SO_ATTACH_FILTER", SETSOCKOPT, Libc.SOL_SOCKET(), SO_ATTACH_FILTER, program);
            require(
                    "PACKET_IGNORE_OUTGOING",
                    SETSOCKOPT,
                    SOL_PACKET,
                    PACKET_IGNORE_OUTGOING,
                    once.allocateFrom(ValueLayout.JAVA_INT, 1));
            MemorySegment all = once.allocate(ADDRESS_BYTES, Integer.BYTES);
            all.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_PACKET());
            all.set(ValueLayout.JAVA_SHORT, 2, ETH_P_ALL);
            if ((int) BIND.invokeExact(ErrnoCapture.state(), fd, all, ADDRESS_BYTES) != 0) {
                throw new SystemCallException("bind", "AF_PACKET", ErrnoCapture.errno());
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private void require(String what, MethodHandle call, int level, int option, MemorySegment value) throws Throwable {
        if ((int) call.invokeExact(ErrnoCapture.state(), fd, level, option, value, (int) value.byteSize()) != 0) {
            throw new SystemCallException("setsockopt", what, ErrnoCapture.errno());
        }
    }

    /** Where the datagrams were sent to about which errors have come since the last call. Does not wait. */
    public Set<InetSocketAddress> take() {
        Set<InetSocketAddress> found = new HashSet<>();
        try {
            for (int i = 0; i < MOST_AT_ONCE; i++) {
                long bytes = (long) RECV.invokeExact(ErrnoCapture.state(), fd, packet, (long) PACKET_BYTES, 0);
                if (bytes < 0) {
                    return found;
                }
                quoted(packet.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE)).ifPresent(found::add);
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
        return found;
    }

    /**
     * Where a datagram was sent to that an error quotes.
     *
     * @param packet from its IP header on, perhaps cut off
     * @return empty if it is no such error, or quotes something else
     */
    static Optional<InetSocketAddress> quoted(byte[] packet) {
        try {
            return packet[0] >> 4 == 4 ? quoted4(packet) : quoted6(packet);
        } catch (ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static Optional<InetSocketAddress> quoted4(byte[] packet) {
        int icmp = ipv4Bytes(packet, 0);
        int inner = icmp + ICMP_BYTES;
        boolean isQuoted = packet[IPV4_PROTOCOL] == IPPROTO_ICMP
                && number(packet, icmp) == PORT_UNREACHABLE
                && packet[inner + IPV4_PROTOCOL] == IPPROTO_UDP;
        return isQuoted
                ? Optional.of(address(packet, inner + IPV4_DESTINATION, 4, inner + ipv4Bytes(packet, inner)))
                : Optional.empty();
    }

    private static Optional<InetSocketAddress> quoted6(byte[] packet) {
        int inner = IPV6_BYTES + ICMP_BYTES;
        boolean isQuoted = packet[IPV6_NEXT_HEADER] == IPPROTO_ICMPV6
                && number(packet, IPV6_BYTES) == PORT_UNREACHABLE6
                && packet[inner + IPV6_NEXT_HEADER] == IPPROTO_UDP;
        return isQuoted
                ? Optional.of(address(packet, inner + IPV6_DESTINATION, 16, inner + IPV6_BYTES))
                : Optional.empty();
    }

    private static int ipv4Bytes(byte[] packet, int at) {
        return (packet[at] & 0xf) * 4;
    }

    private static int number(byte[] packet, int at) {
        return (packet[at] & 0xff) << 8 | packet[at + 1] & 0xff;
    }

    private static InetSocketAddress address(byte[] packet, int at, int bytes, int udp) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(Arrays.copyOfRange(packet, at, at + bytes)), number(packet, udp + 2));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes + " bytes", e);
        }
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
    }
}
