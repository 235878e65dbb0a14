package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.ProgramSettings;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.loader.config.FlowsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Those that see what clients send. */
    public static final Set<String> FOR_REQUESTS = Set.of(REWRITE, REWRITE_L3, TURN, REWRITE_AT_EGRESS);

    /** Those that see what endpoints answer; one may be on a hook beside one of the others. */
    public static final Set<String> FOR_REPLIES = Set.of(REPLY, REPLY_L3);

    /** All of them. */
    public static final Set<String> NAMES =
            Stream.concat(FOR_REQUESTS.stream(), FOR_REPLIES.stream()).collect(Collectors.toUnmodifiableSet());

    private static final String LISTENERS = "LISTENERS";
    private static final String LISTENER_RANGES = "LISTENER_RANGES";
    private static final String LISTENER_NAMES = "LISTENER_NAMES";
    private static final String LOCAL_ADDRESSES = "LOCAL_ADDRESSES";
    private static final String LOCAL_FILTER = "LOCAL_FILTER";
    private static final String ENDPOINTS = "ENDPOINTS";
    private static final String CURSORS = "CURSORS";
    private static final String STATS = "STATS";
    private static final String DROPS = "DROPS";
    private static final String ENDPOINT_PACKETS = "ENDPOINT_PACKETS";
    private static final String ENDPOINT_IDS = "ENDPOINT_IDS";
    private static final String LATENCY = "LATENCY";
    private static final String LISTENER_SETS = "LISTENER_SETS";
    private static final String FRAGMENTS = "FRAGMENTS";
    private static final String PEERS = "PEERS";
    private static final String PEER_DEVICES = "PEER_DEVICES";
    private static final String ALLOWED_SOURCES = "ALLOWED_SOURCES";
    private static final String HASH_TABLES = "HASH_TABLES";
    private static final String LIMITS = "LIMITS";
    private static final String MIRRORS = "MIRRORS";
    private static final String MIRROR_TURNS = "MIRROR_TURNS";
    private static final String LIMIT_BUCKETS = "LIMIT_BUCKETS";
    private static final String LIMIT_SHARES = "LIMIT_SHARES";
    private static final String FLOWS = "FLOWS";
    private static final String FLOW_ENDPOINTS = "FLOW_ENDPOINTS";
    private static final String REPLIES = "REPLIES";
    private static final String REPLY_FRAGMENTS = "REPLY_FRAGMENTS";
    private static final List<String> MAPS = List.of(
            LISTENERS,
            LISTENER_RANGES,
            ALLOWED_SOURCES,
            LIMITS,
            MIRRORS,
            MIRROR_TURNS,
            LIMIT_BUCKETS,
            LIMIT_SHARES,
            LISTENER_SETS,
            FRAGMENTS,
            LISTENER_NAMES,
            LOCAL_ADDRESSES,
            LOCAL_FILTER,
            ENDPOINTS,
            HASH_TABLES,
            ENDPOINT_PACKETS,
            ENDPOINT_IDS,
            CURSORS,
            STATS,
            DROPS,
            LATENCY,
            PEERS,
            PEER_DEVICES,
            FLOWS,
            FLOW_ENDPOINTS,
            REPLIES,
            REPLY_FRAGMENTS);

    /** What another version's layout is likely to have in common with this one: see {@link CarriedMaps}. */
    private static final List<String> CARRIED =
            List.of(LISTENER_NAMES, STATS, DROPS, LATENCY, ENDPOINT_PACKETS, ENDPOINT_IDS);

    private static final Logger LOG = LoggerFactory.getLogger(KernelProgram.class);
    private static final String RESOURCE = "/dev/udpfanout/bpf/udp_fanout.bpf.o";

    private final LoadedObject object;
    private final FlowsConfig flows;
    private final Optional<Pins> pins;
    private final Set<String> pinned = new HashSet<>();

    private KernelProgram(LoadedObject object, FlowsConfig flows, Optional<Pins> pins) {
        this.object = object;
        this.flows = flows;
        this.pins = pins;
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
        Function<Map<String, BpfMap>, KernelProgram> loadWith =
                existing -> loadWith(elf, existing, flows, programs, pins);
        if (pins.isEmpty()) {
            return loadWith.apply(Map.of());
        }
        Map<String, BpfMap> pinned = pinnedMaps(elf, pins.get());
        KernelProgram program;
        try {
            program = loadAdopting(loadWith, pinned, pins.get());
        } finally {
            pinned.values().forEach(BpfMap::close);
        }
        for (String map : MAPS) {
            Path pin = pins.get().map(map);
            if (!Files.exists(pin)) {
                program.object.map(map).pin(pin);
            }
        }
        return program;
    }

    private static KernelProgram loadAdopting(
            Function<Map<String, BpfMap>, KernelProgram> loadWith, Map<String, BpfMap> pinned, Pins pins) {
        try {
            KernelProgram program = loadWith.apply(pinned);
            if (!pinned.isEmpty()) {
                LOG.atInfo().addKeyValue("maps", pinned.size()).log("adopted the maps of an earlier daemon");
            }
            return program;
        } catch (SystemCallException e) {
            if (pinned.isEmpty()) {
                throw e;
            }
            LOG.warn("failed to adopt the maps of an earlier daemon, starting with new ones: {}", e.getMessage());
            // If it is not the maps that the kernel refuses, they are needed by whoever starts next: they go last.
            KernelProgram program = loadWith.apply(Map.of());
            pins.removeMaps();
            return program;
        }
    }

    private static Map<String, BpfMap> pinnedMaps(byte[] elf, Pins pins) {
        Map<String, BpfMap> pinned = new HashMap<>();
        for (String map : MAPS) {
            BpfMap.openPinned(pins.map(map)).ifPresent(open -> pinned.put(map, open));
        }
        if (!pinned.containsKey(LISTENER_NAMES) && !pins.otherLayouts().isEmpty()) {
            try (BpfObject object = BpfObject.open(elf, REWRITE)) {
                pinned.putAll(CarriedMaps.open(pins, CARRIED, object::shapeOf));
            }
        }
        return pinned;
    }

    private static KernelProgram loadWith(
            byte[] elf, Map<String, BpfMap> existing, FlowsConfig flows, Set<String> programs, Optional<Pins> pins) {
        ProgramSettings settings = new ProgramSettings(OnlineCpus.count(), flows.idleTimeout());
        LoadedObject object = LoadedObject.load(elf, programs, opened -> {
            opened.editSection(ProgramSettings.SECTION, settings::writeTo);
            existing.forEach(opened::reuseMap);
        });
        return new KernelProgram(object, flows, pins);
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

    /** What it was loaded with. */
    public FlowsConfig flowsConfig() {
        return flows;
    }

    public BpfMap flows() {
        return object.map(FLOWS);
    }

    public BpfMap flowEndpoints() {
        return object.map(FLOW_ENDPOINTS);
    }

    public BpfMap replies() {
        return object.map(REPLIES);
    }

    public BpfMap listeners() {
        return object.map(LISTENERS);
    }

    public BpfMap listenerRanges() {
        return object.map(LISTENER_RANGES);
    }

    public BpfMap listenerNames() {
        return object.map(LISTENER_NAMES);
    }

    public BpfMap cursors() {
        return object.map(CURSORS);
    }

    public BpfMap listenerSets() {
        return object.map(LISTENER_SETS);
    }

    public BpfMap peers() {
        return object.map(PEERS);
    }

    public BpfMap peerDevices() {
        return object.map(PEER_DEVICES);
    }

    public BpfMap allowedSources() {
        return object.map(ALLOWED_SOURCES);
    }

    public BpfMap limits() {
        return object.map(LIMITS);
    }

    public BpfMap mirrors() {
        return object.map(MIRRORS);
    }

    public BpfMap limitBuckets() {
        return object.map(LIMIT_BUCKETS);
    }

    public BpfMap limitShares() {
        return object.map(LIMIT_SHARES);
    }

    public BpfMap localAddresses() {
        return object.map(LOCAL_ADDRESSES);
    }

    public BpfMap localFilter() {
        return object.map(LOCAL_FILTER);
    }

    public BpfMap endpoints() {
        return object.map(ENDPOINTS);
    }

    public BpfMap hashTables() {
        return object.map(HASH_TABLES);
    }

    public BpfMap endpointPackets() {
        return object.map(ENDPOINT_PACKETS);
    }

    public BpfMap endpointIds() {
        return object.map(ENDPOINT_IDS);
    }

    public BpfMap latency() {
        return object.map(LATENCY);
    }

    public BpfMap stats() {
        return object.map(STATS);
    }

    public BpfMap drops() {
        return object.map(DROPS);
    }

    @Override
    public void close() {
        object.close();
    }
}
