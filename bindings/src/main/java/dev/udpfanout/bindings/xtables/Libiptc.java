package dev.udpfanout.bindings.xtables;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.udpfanout.bindings.errno.ErrnoCapture;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;

/**
 * The functions of libip4tc.so.2 or libip6tc.so.2 that are needed here, as libiptc/libiptc.h and libip6tc.h declare
 * them; each records errno. Loaded at the first use of a family, for as long as the process lives.
 */
record Libiptc(
        MethodHandle init,
        MethodHandle free,
        MethodHandle isChain,
        MethodHandle firstRule,
        MethodHandle nextRule,
        MethodHandle insertEntry,
        MethodHandle deleteNumEntry,
        MethodHandle commit,
        MethodHandle strerror) {
    private static final class V4 {
        static final Libiptc LIBRARY = load("libip4tc.so.2", "iptc_");
    }

    private static final class V6 {
        static final Libiptc LIBRARY = load("libip6tc.so.2", "ip6tc_");
    }

    /**
     * @param family 4 or 6
     * @throws LegacyLibraryMissingException if the library is not there, or lacks a function
     */
    static Libiptc of(int family) {
        try {
            return family == 4 ? V4.LIBRARY : V6.LIBRARY;
        } catch (LinkageError e) {
            String number = family == 4 ? "4" : "6";
            throw new LegacyLibraryMissingException("libip" + number + "tc.so.2", "libip" + number + "tc2", e);
        }
    }

    private static Libiptc load(String library, String prefix) {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
            return new Libiptc(
                    handle(symbols, prefix + "init", ADDRESS, ADDRESS),
                    handle(symbols, prefix + "free", null, ADDRESS),
                    handle(symbols, prefix + "is_chain", JAVA_INT, ADDRESS, ADDRESS),
                    handle(symbols, prefix + "first_rule", ADDRESS, ADDRESS, ADDRESS),
                    handle(symbols, prefix + "next_rule", ADDRESS, ADDRESS, ADDRESS),
                    handle(symbols, prefix + "insert_entry", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS),
                    handle(symbols, prefix + "delete_num_entry", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS),
                    handle(symbols, prefix + "commit", JAVA_INT, ADDRESS),
                    handle(symbols, prefix + "strerror", ADDRESS, JAVA_INT));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new UnsatisfiedLinkError(library + ": " + e.getMessage());
        }
    }

    private static MethodHandle handle(
            SymbolLookup symbols, String name, MemoryLayout result, MemoryLayout... arguments) {
        FunctionDescriptor type =
                result == null ? FunctionDescriptor.ofVoid(arguments) : FunctionDescriptor.of(result, arguments);
        return ErrnoCapture.handle(symbols.find(name).orElseThrow(), type);
    }
}
