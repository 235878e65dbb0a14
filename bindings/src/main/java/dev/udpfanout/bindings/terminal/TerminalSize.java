package dev.udpfanout.bindings.terminal;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The size of a terminal: TIOCGWINSZ of ioctl_tty(2).
 *
 * @param columns characters in a line; 0 if the terminal does not say
 * @param rows lines; 0 as above
 */
public record TerminalSize(int columns, int rows) {
    /** asm-generic/ioctls.h; the same number on x86-64 and arm64. */
    private static final long TIOCGWINSZ = 0x5413;

    private static final MethodHandle IOCTL = ErrnoCapture.variadicHandle(
            Linker.nativeLinker().defaultLookup().find("ioctl").orElseThrow(),
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            2);

    /** Of what a descriptor writes to; empty if that is no terminal. */
    public static Optional<TerminalSize> of(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            // struct winsize: rows, columns, and two that nobody fills in.
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            if ((int) IOCTL.invokeExact(ErrnoCapture.state(), descriptor, TIOCGWINSZ, size) != 0) {
                return Optional.empty();
            }
            return Optional.of(new TerminalSize(
                    Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1)),
                    Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0))));
        } catch (Throwable e) {
            throw ErrnoCapture.rethrown(e);
        }
    }
}
