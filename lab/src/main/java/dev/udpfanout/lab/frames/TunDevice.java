package dev.udpfanout.lab.frames;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.ErrnoCapture;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An interface without link layer, whose far end is this object: what it writes comes in there, from the IP header on.
 * See the kernel's Documentation/networking/tuntap.rst. For one thread at a time.
 */
public final class TunDevice implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final long TUNSETIFF = 0x4004_54caL;
    private static final short IFF_TUN_NO_PI = 0x1001;
    private static final int NAME_BYTES = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int MAX_PACKET_BYTES = 65_535;

    private static final MethodHandle OPEN = variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IOCTL =
            variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle READ = plain("read");
    private static final MethodHandle WRITE = plain("write");

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(MAX_PACKET_BYTES);
    private final String name;
    private final int fd;
    private boolean closed;

    private TunDevice(String name) {
        this.name = name;
        MemorySegment path = arena.allocateFrom("/dev/net/tun");
        MemorySegment request = arena.allocate(IFREQ_BYTES);
        request.setString(0, name);
        request.set(ValueLayout.JAVA_SHORT, NAME_BYTES, IFF_TUN_NO_PI);
        try {
            fd = (int) OPEN.invokeExact(ErrnoCapture.state(), path, O_RDWR | O_NONBLOCK);
            checked("open", fd);
            checked("TUNSETIFF", (int) IOCTL.invokeExact(ErrnoCapture.state(), fd, TUNSETIFF, request));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** Makes the interface in a namespace; still down, and gone when this is closed. */
    public static TunDevice open(LabNamespace namespace, String name) {
        return namespace.closedWithTopology(namespace.call(() -> new TunDevice(name)));
    }

    /** Has a packet come in, from its IP header on. */
    public void send(byte[] packet) {
        MemorySegment.copy(packet, 0, buffer, ValueLayout.JAVA_BYTE, 0, packet.length);
        try {
            checked("write", (long) WRITE.invokeExact(ErrnoCapture.state(), fd, buffer, (long) packet.length));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    /** Takes the next packet that goes out, from its IP header on; empty if there is none within the limit. */
    public Optional<byte[]> receive(Duration limit) {
        AtomicReference<byte[]> packet = new AtomicReference<>();
        BoundedWait.until(
                () -> {
                    packet.set(take());
                    return packet.get() != null;
                },
                limit);
        return Optional.ofNullable(packet.get());
    }

    private byte[] take() {
        try {
            long length = (long) READ.invokeExact(ErrnoCapture.state(), fd, buffer, (long) MAX_PACKET_BYTES);
            if (length < 0 && ErrnoCapture.errno().equals(Errno.EAGAIN)) {
                return null;
            }
            return buffer.asSlice(0, checked("read", length)).toArray(ValueLayout.JAVA_BYTE);
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }

    private long checked(String call, long result) {
        if (result < 0) {
            throw new SystemCallException(call, name, ErrnoCapture.errno());
        }
        return result;
    }

    private static MethodHandle plain(String call) {
        return ErrnoCapture.handle(
                Linker.nativeLinker().defaultLookup().find(call).orElseThrow(),
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    }

    private static MethodHandle variadic(String call, FunctionDescriptor type) {
        return ErrnoCapture.variadicHandle(
                Linker.nativeLinker().defaultLookup().find(call).orElseThrow(), type, 2);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                int ignored = (int) SocketCalls.CLOSE.invokeExact(ErrnoCapture.state(), fd);
            } catch (Throwable e) {
                throw ErrnoCapture.rethrown(e);
            } finally {
                arena.close();
            }
        }
    }
}
