package dev.udpfanout.bindings.namespace;

import static dev.udpfanout.bindings.generated.libc.Libc.CLONE_NEWNET;
import static dev.udpfanout.bindings.generated.libc.Libc.O_CLOEXEC;
import static dev.udpfanout.bindings.generated.libc.Libc.O_RDONLY;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Moves the calling thread into a network namespace: see setns(2) and network_namespaces(7).
 *
 * <p>The namespace belongs to the kernel thread, so only platform threads may use this. A socket stays in the namespace
 * in which it was opened, whichever thread uses it afterwards; /proc/sys/net shows the reader's.
 */
public final class NetworkNamespace {
    private static final MethodHandle SETNS = ErrnoCapture.handle(Libc.setns$address(), Libc.setns$descriptor());
    private static final MethodHandle UNSHARE = ErrnoCapture.handle(Libc.unshare$address(), Libc.unshare$descriptor());
    private static final MethodHandle OPEN = ErrnoCapture.variadicHandle(
            Libc.open.address(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            2);

    private NetworkNamespace() {}

    /**
     * Enters a new, empty namespace for the rest of the thread's life: nobody else sees it, and it goes when the last
     * thread and socket in it are gone. Source: unshare(2).
     *
     * @throws SystemCallException if CAP_SYS_ADMIN is missing, or a limit of namespaces is reached
     * @throws IllegalStateException on a virtual thread
     */
    public static void enterNew() {
        requirePlatformThread();
        try {
            if ((int) UNSHARE.invokeExact(ErrnoCapture.state(), CLONE_NEWNET()) != 0) {
                throw new SystemCallException("unshare", "network namespace", ErrnoCapture.errno());
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    "a virtual thread has no network namespace of its own; use a platform thread");
        }
    }

    /**
     * Enters a namespace for the rest of the thread's life, or until the next call.
     *
     * @param path its file, for example {@code /run/netns/node} or {@code /proc/1/ns/net}
     * @throws SystemCallException if there is no such namespace, or CAP_SYS_ADMIN is missing
     * @throws IllegalStateException on a virtual thread
     */
    public static void enter(Path path) {
        requirePlatformThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            int fd = (int) OPEN.invokeExact(ErrnoCapture.state(), name, O_RDONLY() | O_CLOEXEC());
            if (fd < 0) {
                throw new SystemCallException("open", path.toString(), ErrnoCapture.errno());
            }
            try {
                if ((int) SETNS.invokeExact(ErrnoCapture.state(), fd, CLONE_NEWNET()) != 0) {
                    throw new SystemCallException("setns", path.toString(), ErrnoCapture.errno());
                }
            } finally {
                Libc.close(fd);
            }
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }
}
