package dev.udpfanout.bindings.xtables;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/**
 * One table of iptables-legacy: IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES of linux/netfilter_ipv4/ip_tables.h, and the
 * same of ip6_tables.h. To ask for a table that is not there makes the kernel make it: look at {@code ip_tables_names}
 * of proc(5) first.
 *
 * @param hookEntries where in the entries each hook begins, in the order of enum nf_inet_hooks
 * @param underflows where each hook's last rule begins, which is its policy
 * @param entries all rules, one struct ipt_entry or ip6t_entry behind the other, in host byte order
 */
public record LegacyTable(int[] hookEntries, int[] underflows, byte[] entries) {
    private static final MethodHandle SOCKET = ErrnoCapture.handle(Libc.socket$address(), Libc.socket$descriptor());
    private static final MethodHandle GETSOCKOPT =
            ErrnoCapture.handle(Libc.getsockopt$address(), Libc.getsockopt$descriptor());

    private static final int GET_INFO = 64;
    private static final int GET_ENTRIES = 65;
    private static final int HOOKS = 5;
    private static final int NAME_BYTES = 32;
    /** struct ipt_getinfo: name, valid_hooks, hook_entry[5], underflow[5], num_entries, size. */
    private static final int INFO_BYTES = 84;

    private static final int INFO_HOOK_ENTRY = 36;
    private static final int INFO_UNDERFLOW = 56;
    private static final int INFO_SIZE = 80;
    /** struct ipt_get_entries: name, size, and the entries at the next multiple of 8. */
    private static final int ENTRIES_SIZE = 32;

    private static final int ENTRIES_BEGIN = 40;
    /** A table of 64 MiB has some 300,000 rules. */
    private static final int MAX_BYTES = 64 << 20;

    private static final int MAX_TRIES = 5;

    /**
     * Reads a table of the calling thread's network namespace; takes CAP_NET_ADMIN.
     *
     * @param family 4 or 6
     * @param name for example {@code "filter"}
     * @throws SystemCallException if the kernel has no such tables (ENOPROTOOPT), refuses (EPERM), or changes the table
     *     again and again while it is read (EAGAIN)
     */
    public static LegacyTable read(int family, String name) {
        int fd = socket(family);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < MAX_TRIES; i++) {
                MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
                info.copyFrom(MemorySegment.ofArray(name.getBytes(StandardCharsets.US_ASCII)));
                require(get(fd, family, GET_INFO, info), "IPT_SO_GET_INFO", name);
                int size = info.get(ValueLayout.JAVA_INT, INFO_SIZE);
                if (size < 0 || size > MAX_BYTES) {
                    throw new SystemCallException("IPT_SO_GET_INFO", name, Errno.EPROTO, size + " bytes of rules");
                }
                MemorySegment all = arena.allocate(ENTRIES_BEGIN + (long) size, Long.BYTES);
                all.asSlice(0, NAME_BYTES).copyFrom(info.asSlice(0, NAME_BYTES));
                all.set(ValueLayout.JAVA_INT, ENTRIES_SIZE, size);
                Errno errno = get(fd, family, GET_ENTRIES, all);
                // Its size is another one by now.
                if (!errno.equals(Errno.EAGAIN)) {
                    require(errno, "IPT_SO_GET_ENTRIES", name);
                    return new LegacyTable(
                            places(info, INFO_HOOK_ENTRY),
                            places(info, INFO_UNDERFLOW),
                            all.asSlice(ENTRIES_BEGIN).toArray(ValueLayout.JAVA_BYTE));
                }
            }
            throw new SystemCallException("IPT_SO_GET_ENTRIES", name, Errno.EAGAIN);
        } finally {
            Libc.close(fd);
        }
    }

    private static int[] places(MemorySegment info, int at) {
        return IntStream.range(0, HOOKS)
                .map(hook -> info.get(ValueLayout.JAVA_INT, at + (long) Integer.BYTES * hook))
                .toArray();
    }

    private static void require(Errno errno, String call, String table) {
        if (errno.number() != 0) {
            throw new SystemCallException(call, table, errno);
        }
    }

    private static Errno get(int fd, int family, int option, MemorySegment buffer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) buffer.byteSize());
            int level = family == 4 ? Libc.IPPROTO_IP() : Libc.IPPROTO_IPV6();
            int result = (int) GETSOCKOPT.invokeExact(ErrnoCapture.state(), fd, level, option, buffer, length);
            return result == 0 ? new Errno(0) : ErrnoCapture.errno();
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static int socket(int family) {
        try {
            int domain = family == 4 ? Libc.AF_INET() : Libc.AF_INET6();
            int type = Libc.SOCK_DGRAM() | Libc.SOCK_CLOEXEC();
            int fd = (int) SOCKET.invokeExact(ErrnoCapture.state(), domain, type, 0);
            if (fd < 0) {
                throw new SystemCallException("socket", "IPv" + family, ErrnoCapture.errno());
            }
            return fd;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }
}
