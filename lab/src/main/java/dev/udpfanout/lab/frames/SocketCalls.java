package dev.udpfanout.lab.frames;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C library's socket calls for what Java's sockets cannot do, packet sockets and path MTU discovery, each with
 * errno captured: see packet(7), socket(2), poll(2), ip(7). The lab binds them itself because the product has no use
 * for them.
 */
public final class SocketCalls {
    /** int socket(int domain, int type, int protocol). */
    public static final MethodHandle SOCKET =
            handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    /** int bind(int fd, const struct sockaddr *, socklen_t). */
    public static final MethodHandle BIND =
            handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    /** ssize_t sendto(int fd, const void *, size_t, int flags, const struct sockaddr *, socklen_t). */
    public static final MethodHandle SENDTO = handle(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    /** ssize_t recvfrom(int fd, void *, size_t, int flags, struct sockaddr *, socklen_t *). */
    public static final MethodHandle RECVFROM = handle(
            "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));

    /** int setsockopt(int fd, int level, int option, const void *, socklen_t). */
    public static final MethodHandle SETSOCKOPT =
            handle("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    /** int getsockopt(int fd, int level, int option, void *, socklen_t *). */
    public static final MethodHandle GETSOCKOPT =
            handle("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    /** int connect(int fd, const struct sockaddr *, socklen_t). */
    public static final MethodHandle CONNECT =
            handle("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    /** int poll(struct pollfd *, nfds_t, int timeout). */
    public static final MethodHandle POLL =
            handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    /** int close(int fd). */
    public static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    /** unsigned int if_nametoindex(const char *). */
    static final MethodHandle IF_NAMETOINDEX = handle("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));

    /** struct sockaddr_ll: family, protocol (big-endian), ifindex, hatype, pkttype, halen, addr. */
    static final MemoryLayout SOCKADDR_LL = MemoryLayout.structLayout(
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_SHORT,
            JAVA_INT,
            ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_BYTE,
            ValueLayout.JAVA_BYTE,
            MemoryLayout.sequenceLayout(8, ValueLayout.JAVA_BYTE));

    private SocketCalls() {}

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        return ErrnoCapture.handle(
                Linker.nativeLinker().defaultLookup().find(name).orElseThrow(), type);
    }
}
