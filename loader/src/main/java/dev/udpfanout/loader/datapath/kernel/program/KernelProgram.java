package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.ProgramSettings;
import dev.udpfanout.bindings.abi.flow.FlowEntry;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfFeatures;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.map.MapDeclaration;
import dev.udpfanout.loader.config.FlowsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The eBPF object, loaded: its maps, and its programs, each from when it is first needed. */
public final class KernelProgram implements AutoCloseable {
    /** Names that operators see in {@code tc filter show} and {@code bpftool prog show}. */
    public static final String REWRITE = "udp_fanout";

    public static final String REWRITE_L3 = "udp_fanout_l3";
    public static final String TURN = "udp_fanout_turn";
    public static final String REWRITE_AT_EGRESS = "udp_fanout_out";
    public static final String REPLY = "udp_fanout_back";
    public static final String REPLY_L3 = "udp_fanout_b_l3";
    public static final String ICMP = "udp_fanout_icmp";
    public static final String ICMP_L3 = "udp_fanout_i_l3";

    /** Those that see what clients send. */
    public static final Set<String> FOR_REQUESTS = Set.of(REWRITE, REWRITE_L3, TURN, REWRITE_AT_EGRESS);

    /** Those that see what endpoints answer; one may be on a hook beside one of the others. */
    public static final Set<String> FOR_REPLIES = Set.of(REPLY, REPLY_L3);

    /** Those that see the ICMP errors that come back; one may be on a hook beside the others. */
    public static final Set<String> FOR_ICMP = Set.of(ICMP, ICMP_L3);

    /** All of them. */
    public static final Set<String> NAMES =
            Stream.of(FOR_REQUESTS, FOR_REPLIES, FOR_ICMP).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());

    private static final Logger LOG = LoggerFactory.getLogger(KernelProgram.class);

    private final LoadedObject object;
    private final AdoptedMaps adopted;
    private final FlowsConfig flows;
    private final Optional<Pins> pins;
    private final Set<String> pinned = new HashSet<>();

    private KernelProgram(LoadedObject object, FlowsConfig flows, Optional<Pins> pins, AdoptedMaps adopted) {
        this.object = object;
        this.adopted = adopted;
        this.flows = flows;
        this.pins = pins;
    }

    /** The program that is built in, as {@link BuiltInObjects#best} chooses it. */
    public static byte[] builtIn() {
        return BuiltInObjects.best();
    }

    /** A program from a file instead, for {@code --ebpf-program}. */
    public static byte[] fromFile(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    /** Loads the object with maps of its own, which go with it. */
    public static KernelProgram load(byte[] elf) {
        return load(elf, Optional.empty());
    }

    /**
     * Loads the object; the verifier's reasons are in the log if it refuses.
     *
     * @param elf the object file's content
     * @param pins where maps may be that a daemon before this one has left: they are used, with all that is in them;
     *     the others are pinned there
     */
    public static KernelProgram load(byte[] elf, Optional<Pins> pins) {
        return load(elf, pins, FlowsConfig.DEFAULT);
    }

    /** As above, with what is said of flows: how long one is remembered is part of the program. */
    public static KernelProgram load(byte[] elf, Optional<Pins> pins, FlowsConfig flows) {
        return load(elf, pins, flows, Set.of(REWRITE));
    }

    /**
     * As above, with what is to be in the kernel from the beginning; any other program is loaded when it is first asked
     * for.
     *
     * @param programs of {@link #NAMES}
     */
    public static KernelProgram load(byte[] elf, Optional<Pins> pins, FlowsConfig flows, Set<String> programs) {
        return load(elf, pins, flows, programs, ProgramSize.FEW);
    }

    /** As above, with room for more listeners. If an earlier daemon had more room, that is kept. */
    public static KernelProgram load(
            byte[] elf, Optional<Pins> pins, FlowsConfig flows, Set<String> programs, ProgramSize size) {
        Function<AdoptedMaps, KernelProgram> loadWith = maps -> loadWith(elf, maps, flows, programs, pins, size);
        if (pins.isEmpty()) {
            return loadWith.apply(AdoptedMaps.none(size));
        }
        AdoptedMaps adopted = AdoptedMaps.open(elf, pins.get(), size);
        KernelProgram program;
        try {
            program = loadAdopting(loadWith, adopted, pins.get());
        } finally {
            adopted.closeSame();
        }
        // First: the next daemon takes the map of names for whole once it is pinned.
        program.adopted.copyNames(program.map(SharedMaps.LISTENER_NAMES));
        program.adopted.pinBefore(pins.get());
        for (MapDeclaration<?> map : SharedMaps.ALL) {
            Path pin = pins.get().map(map.name());
            if (!Files.exists(pin)) {
                program.object.map(map.name()).pin(pin);
            }
        }
        return program;
    }

    private static KernelProgram loadAdopting(
            Function<AdoptedMaps, KernelProgram> loadWith, AdoptedMaps adopted, Pins pins) {
        try {
            KernelProgram program = loadWith.apply(adopted);
            if (!adopted.same().isEmpty()) {
                LOG.atInfo().addKeyValue("maps", adopted.same().size()).log("adopted the maps of an earlier daemon");
            }
            return program;
        } catch (SystemCallException e) {
            adopted.closeBefore();
            if (adopted.same().isEmpty()) {
                throw e;
            }
            LOG.warn("failed to adopt the maps of an earlier daemon, starting with new ones: {}", e.getMessage());
            // If it is not the maps that the kernel refuses, they are needed by whoever starts next: they go last.
            KernelProgram program = loadWith.apply(AdoptedMaps.none(adopted.size()));
            pins.removeMaps();
            return program;
        }
    }

    private static KernelProgram loadWith(
            byte[] elf,
            AdoptedMaps adopted,
            FlowsConfig flows,
            Set<String> programs,
            Optional<Pins> pins,
            ProgramSize size) {
        ProgramSettings settings = new ProgramSettings(
                OnlineCpus.count(),
                flows.idleTimeout().plus(FlowEntry.SEEN_LAG),
                BpfFeatures.hasCoarseClock(),
                size.hasInterfaceGroups());
        LoadedObject object = loadOrPlain(elf, programs, opened -> {
            opened.editSection(ProgramSettings.SECTION, section -> settings.writeTo(section, new SecureRandom()));
            adopted.applyTo(opened);
        });
        KernelProgram program = new KernelProgram(object, flows, pins, adopted);
        MarkSignature.ensure(program.map(SharedMaps.MARK_SIGNATURE));
        return program;
    }

    /**
     * Where the kernel refuses the object that asks connection tracking, forwarding goes on with the one that does not.
     */
    private static LoadedObject loadOrPlain(byte[] elf, Set<String> programs, Consumer<BpfObject> preparation) {
        try {
            return LoadedObject.load(elf, programs, preparation);
        } catch (SystemCallException e) {
            if (!BuiltInObjects.isAsking(elf)) {
                throw e;
            }
            LoadedObject plain = LoadedObject.load(BuiltInObjects.plain(), programs, preparation);
            LOG.warn(
                    "the kernel refuses the program that asks connection tracking, so the one that does not is used:"
                            + " {}",
                    e.getMessage());
            BuiltInObjects.refuseAsking(e.getMessage());
            return plain;
        }
    }

    /**
     * Any of {@link #NAMES}.
     *
     * @throws SystemCallException if it is not loaded yet and the kernel refuses it
     */
    public BpfProgram named(String name) {
        BpfProgram program = object.program(name);
        if (pins.isPresent() && pinned.add(name)) {
            pins.get().replaceProgram(program);
        }
        return program;
    }

    /**
     * The same program once more, on the same maps: one of the two can be put on a hook while the other is there.
     *
     * @param attachedId the number of the one that is there
     */
    public BpfProgram other(String name, int attachedId) {
        BpfProgram program = named(name);
        return program.id() == attachedId ? object.spare(name) : program;
    }

    /** The kernel's numbers of all programs of this daemon. */
    public Set<Integer> ids() {
        return object.ids();
    }

    /** Sends a listener's datagrams to its endpoints. */
    public BpfProgram rewrite() {
        return named(REWRITE);
    }

    /** Sends a listener's datagrams that leave through a dummy interface back in. */
    public BpfProgram turn() {
        return named(TURN);
    }

    /** Sends what endpoints answer back to the client. */
    public BpfProgram reply() {
        return named(REPLY);
    }

    /**
     * Pins again what has lost its pin, maps and programs, so that they outlive the process; nothing without pins.
     *
     * @return the names of what had lost it
     */
    public List<String> mendPins() {
        if (pins.isEmpty()) {
            return List.of();
        }
        pins.get().makeFolders();
        adopted.pinBefore(pins.get());
        List<String> mended = new ArrayList<>();
        for (MapDeclaration<?> map : SharedMaps.ALL) {
            if (!pins.get().isPinned(map.name(), object.map(map.name()))) {
                Pins.remove(pins.get().map(map.name()));
                object.map(map.name()).pin(pins.get().map(map.name()));
                mended.add(map.name());
            }
        }
        for (String name : pinned) {
            if (!Files.exists(pins.get().map(name))) {
                pins.get().replaceProgram(object.program(name));
                mended.add(name);
            }
        }
        return mended;
    }

    /** Why it does not ask connection tracking before it opens a flow of replies; empty if it does. */
    public Optional<String> whyConntrackIsNotAsked() {
        return object.isPlain() ? BuiltInObjects.whyConntrackIsNotAsked() : Optional.empty();
    }

    /** What it was loaded with. */
    public FlowsConfig flowsConfig() {
        return flows;
    }

    /** Where its maps have names; empty where they go with it. */
    public Optional<Pins> pins() {
        return pins;
    }

    /** A map of the program; valid as long as this is open. */
    public <M> M map(MapDeclaration<M> declaration) {
        return declaration.open(
                object.map(declaration.name()),
                Optional.ofNullable(adopted.before().get(declaration.name())));
    }

    @Override
    public void close() {
        adopted.closeBefore();
        object.close();
    }
}
