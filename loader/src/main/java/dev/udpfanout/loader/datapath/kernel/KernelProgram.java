package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.ProgramSettings;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The eBPF object, loaded: its programs and its maps. */
public final class KernelProgram implements AutoCloseable {
    /** Names that operators see in {@code tc filter show} and {@code bpftool prog show}. */
    public static final String REWRITE = "udp_fanout";

    public static final String TURN = "udp_fanout_turn";
    public static final String REWRITE_AT_EGRESS = "udp_fanout_out";

    /** All of them. */
    public static final Set<String> NAMES = Set.of(REWRITE, TURN, REWRITE_AT_EGRESS);

    private static final String RESOURCE = "/dev/udpfanout/bpf/udp_fanout.bpf.o";

    private final BpfObject object;

    private KernelProgram(BpfObject object) {
        this.object = object;
    }

    /** The program that is built in. */
    public static byte[] builtIn() {
        try (InputStream in = KernelProgram.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + RESOURCE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    /** A program from a file instead, for {@code --ebpf-program}. */
    public static byte[] fromFile(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    /**
     * Loads the object; the verifier's reasons are in the log if it refuses.
     *
     * @param elf the object file's content
     */
    public static KernelProgram load(byte[] elf) {
        BpfObject object = BpfObject.open(elf, REWRITE);
        try {
            ProgramSettings settings = new ProgramSettings(Runtime.getRuntime().availableProcessors());
            object.editSection(ProgramSettings.SECTION, settings::writeTo);
            object.load();
            return new KernelProgram(object);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /** Sends a listener's datagrams to its endpoints. */
    public BpfProgram rewrite() {
        return object.program(REWRITE);
    }

    /** As {@link #rewrite()}, for the egress hook of a dummy interface. */
    public BpfProgram rewriteAtEgress() {
        return object.program(REWRITE_AT_EGRESS);
    }

    /** Sends a listener's datagrams that leave through a dummy interface back in. */
    public BpfProgram turn() {
        return object.program(TURN);
    }

    BpfMap listeners() {
        return object.map("LISTENERS");
    }

    BpfMap listenerSets() {
        return object.map("LISTENER_SETS");
    }

    BpfMap localAddresses() {
        return object.map("LOCAL_ADDRESSES");
    }

    BpfMap endpoints() {
        return object.map("ENDPOINTS");
    }

    BpfMap stats() {
        return object.map("STATS");
    }

    BpfMap drops() {
        return object.map("DROPS");
    }

    @Override
    public void close() {
        object.close();
    }
}
