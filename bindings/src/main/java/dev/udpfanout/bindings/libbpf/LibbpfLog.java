package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.generated.libbpf.Libbpf;
import dev.udpfanout.bindings.generated.libbpf.libbpf_print_fn_t;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends libbpf's own messages to our log: its warnings as warnings, the rest at trace. Long messages, such as the
 * verifier's, are cut at {@value #MESSAGE_BYTES} bytes. Source: libbpf_set_print in bpf/libbpf.h.
 */
public final class LibbpfLog {
    private static final Logger LOG = LoggerFactory.getLogger("libbpf");
    private static final int MESSAGE_BYTES = 64 * 1024;
    private static final AtomicBoolean INSTALLED = new AtomicBoolean();

    private static final ThreadLocal<Boolean> EXPECTS_FAILURE = ThreadLocal.withInitial(() -> false);

    private LibbpfLog() {}

    /** Makes a call that may well fail, and whose failure the caller deals with: libbpf's warnings go to trace, too. */
    static int expectingFailure(IntSupplier call) {
        EXPECTS_FAILURE.set(true);
        try {
            return call.getAsInt();
        } finally {
            EXPECTS_FAILURE.set(false);
        }
    }

    /** Installs the sink, once in a process; further calls do nothing. */
    static void install() {
        if (INSTALLED.compareAndSet(false, true)) {
            Libbpf.libbpf_set_print(libbpf_print_fn_t.allocate(LibbpfLog::print, Arena.global()));
        }
    }

    // The va_list arrives as a pointer on x86_64 (an array decays) and on aarch64 (a struct of more than 16 bytes is
    // passed by reference), and vsnprintf takes it the same way.
    private static int print(int level, MemorySegment format, MemorySegment arguments) {
        boolean isWarning = level == Libbpf.LIBBPF_WARN() && !EXPECTS_FAILURE.get();
        if (!isWarning && !LOG.isTraceEnabled()) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(MESSAGE_BYTES);
            Libc.vsnprintf(text, MESSAGE_BYTES, format, arguments);
            String message = text.getString(0).strip();
            if (isWarning) {
                LOG.warn(message);
            } else {
                LOG.trace(message);
            }
        }
        return 0;
    }
}
