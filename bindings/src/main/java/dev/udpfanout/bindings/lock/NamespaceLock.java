package dev.udpfanout.bindings.lock;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.generated.libc.sockaddr_un;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A name that one process at a time can hold in a network namespace: a listening socket in the abstract namespace of
 * unix(7). Processes in different containers see it too if they share the network, which is what matters here; it goes
 * with the process, however that ends.
 */
public final class NamespaceLock implements AutoCloseable {
    private static final MethodHandle SOCKET = ErrnoCapture.handle(Libc.socket$address(), Libc.socket$descriptor());
    private static final MethodHandle BIND = ErrnoCapture.handle(Libc.bind$address(), Libc.bind$descriptor());
    private static final MethodHandle LISTEN = ErrnoCapture.handle(Libc.listen$address(), Libc.listen$descriptor());
    private static final MethodHandle CONNECT = ErrnoCapture.handle(Libc.connect$address(), Libc.connect$descriptor());
    private static final Errno EADDRINUSE = new Errno(Libc.EADDRINUSE());
    /** struct ucred: pid, uid, gid. */
    private static final int UCRED_BYTES = 12;

    private static final int MAX_NAME_BYTES = 100;

    private int fd;

    private NamespaceLock(int fd) {
        this.fd = fd;
    }

    /** The lock is somebody else's. */
    public static final class HeldException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int holderPid;

        private HeldException(String name, int holderPid) {
            super(name + " is held by process " + holderPid);
            this.holderPid = holderPid;
        }

        /**
         * The holder's process id as this process sees it; 0 if it is in a PID namespace that cannot be seen from here.
         */
        public int holderPid() {
            return holderPid;
        }
    }

    /**
     * Takes the name in the calling thread's network namespace.
     *
     * @param name at most 100 bytes
     * @throws HeldException if another process has it
     */
    public static NamespaceLock acquire(String name) throws HeldException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = abstractAddress(arena, name);
            NamespaceLock lock = new NamespaceLock(socket(name));
            try {
                if ((int) BIND.invokeExact(ErrnoCapture.state(), lock.fd, address, addressBytes(name)) == 0) {
                    if ((int) LISTEN.invokeExact(ErrnoCapture.state(), lock.fd, 1) != 0) {
                        throw new SystemCallException("listen", name, ErrnoCapture.errno());
                    }
                    return lock;
                }
                Errno errno = ErrnoCapture.errno();
                lock.close();
                if (!errno.equals(EADDRINUSE)) {
                    throw new SystemCallException("bind", name, errno);
                }
                throw new HeldException(name, holder(arena, address, name).orElse(0));
            } catch (RuntimeException | Error e) {
                lock.close();
                throw e;
            }
        } catch (HeldException e) {
            throw e;
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /**
     * Who has a name in the calling thread's network namespace, without taking it.
     *
     * @return the holder's process id, 0 if it cannot be told from here; empty if nobody has the name
     */
    public static Optional<Integer> holder(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return holder(arena, abstractAddress(arena, name), name);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static int socket(String name) throws Throwable {
        int type = Libc.SOCK_STREAM() | Libc.SOCK_CLOEXEC() | Libc.SOCK_NONBLOCK();
        int fd = (int) SOCKET.invokeExact(ErrnoCapture.state(), Libc.AF_UNIX(), type, 0);
        if (fd < 0) {
            throw new SystemCallException("socket", name, ErrnoCapture.errno());
        }
        return fd;
    }

    /** Who listens: the credentials of the moment of listen(2), which the kernel gives to whoever connects. */
    private static Optional<Integer> holder(Arena arena, MemorySegment address, String name) throws Throwable {
        int fd = socket(name);
        try {
            if ((int) CONNECT.invokeExact(ErrnoCapture.state(), fd, address, addressBytes(name)) != 0) {
                // Nobody accepts: when some have asked, the backlog is full, and connect(2) would wait for ever.
                return ErrnoCapture.errno().equals(Errno.EAGAIN) ? Optional.of(0) : Optional.empty();
            }
            MemorySegment credentials = arena.allocate(UCRED_BYTES, Integer.BYTES);
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, UCRED_BYTES);
            int result = Libc.getsockopt(fd, Libc.SOL_SOCKET(), Libc.SO_PEERCRED(), credentials, size);
            return result == 0 ? Optional.of(credentials.get(ValueLayout.JAVA_INT, 0)) : Optional.empty();
        } finally {
            Libc.close(fd);
        }
    }

    private static MemorySegment abstractAddress(Arena arena, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("a lock's name has at most " + MAX_NAME_BYTES + " bytes: " + name);
        }
        MemorySegment address = sockaddr_un.allocate(arena);
        sockaddr_un.sun_family(address, (short) Libc.AF_UNIX());
        // A path that begins with a zero byte is abstract; no file is made.
        MemorySegment.copy(bytes, 0, sockaddr_un.sun_path(address), ValueLayout.JAVA_BYTE, 1, bytes.length);
        return address;
    }

    private static int addressBytes(String name) {
        return (int) sockaddr_un.sun_path$offset() + 1 + name.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
    }
}
