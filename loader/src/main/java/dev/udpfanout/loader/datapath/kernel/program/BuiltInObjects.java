package dev.udpfanout.loader.datapath.kernel.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The eBPF objects that are built in. The same program is there twice: one of the two asks connection tracking before
 * it opens a flow of replies, and loads only where the kernel offers that.
 */
public final class BuiltInObjects {
    private static final String FOLDER = "/dev/udpfanout/bpf/";
    private static final String PLAIN = "udp_fanout.bpf.o";
    private static final String ASKING = "udp_fanout_conntrack.bpf.o";

    /** Found out where the whole object was loaded: a kernel may take the small one of the probe, and not this. */
    private static volatile Optional<String> refusal = Optional.empty();

    private BuiltInObjects() {}

    /** The one that asks, where this process may load it here; else the other one. Both have the same maps. */
    public static byte[] best() {
        return whyConntrackIsNotAsked().isEmpty() ? asking() : plain();
    }

    /** Why {@link #best} does not ask connection tracking; empty if it does. Found out once in a process. */
    public static Optional<String> whyConntrackIsNotAsked() {
        return refusal.or(() -> Held.WHY_NOT);
    }

    /** From now on {@link #best} is {@link #plain}. */
    static void refuseAsking(String reason) {
        refusal = Optional.of(reason);
    }

    /** The one for every kernel. */
    public static byte[] plain() {
        return read(PLAIN);
    }

    /** The one that asks connection tracking. */
    public static byte[] asking() {
        return read(ASKING);
    }

    /** Whether a file's content is that of {@link #plain}. */
    static boolean isPlain(byte[] elf) {
        return Arrays.equals(elf, plain());
    }

    /** Whether a file's content is that of {@link #asking}. */
    static boolean isAsking(byte[] elf) {
        return Arrays.equals(elf, asking());
    }

    private static final class Held {
        static final Optional<String> WHY_NOT = ConntrackProbe.refusal();
    }

    /** @throws IllegalStateException if the build has left it out */
    static byte[] read(String name) {
        try (InputStream in = BuiltInObjects.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + FOLDER + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("failed to read " + FOLDER + name, e);
        }
    }
}
