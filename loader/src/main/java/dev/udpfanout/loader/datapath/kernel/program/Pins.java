package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.HookPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where maps and links have names in bpffs, so that they outlive the process:
 *
 * <pre>
 * ROOT/v1/LISTENERS, STATS, …          the maps, a folder for each layout
 * ROOT/v1/udp_fanout, …                the programs that were last put on a hook, for bpftool without CAP_SYS_ADMIN
 * ROOT/links/dummy0-ingress, …         the TCX links; they outlive a change of layout
 * </pre>
 */
public final class Pins {
    /** Where they are unless the command line says otherwise. */
    public static final Path DEFAULT_ROOT = Path.of("/sys/fs/bpf/udp-fanout");

    private static final Logger LOG = LoggerFactory.getLogger(Pins.class);
    private static final String BPFFS = "bpf";
    private static final String REPLIES = "-replies";
    private static final String ICMP = "-icmp";
    private static final int MAX_VERSION_DIGITS = 9;

    private final Path root;

    private Pins(Path root) {
        this.root = root;
    }

    /**
     * Makes the folders. Empty, with a warning, where there is no bpffs to write to: then forwarding ends with the
     * process.
     */
    public static Optional<Pins> open(Path root) {
        try {
            Path place = placeOf(root);
            if (!Files.getFileStore(place).type().equals(BPFFS)) {
                return without(root, place + " is not a bpffs");
            }
            Pins pins = new Pins(root);
            pins.makeFolders();
            return Optional.of(pins);
        } catch (IOException | UncheckedIOException e) {
            return without(root, e.toString());
        }
    }

    /** As {@link #open}, for one who only looks: makes nothing, and is empty if nothing was pinned there. */
    public static Optional<Pins> existing(Path root) {
        return Files.isDirectory(root) ? Optional.of(new Pins(root)) : Optional.empty();
    }

    /** What has to be in a bpffs: the folder if it is there, since it alone may be mounted, else its parent. */
    public static Path placeOf(Path root) {
        return Files.isDirectory(root) ? root : root.toAbsolutePath().getParent();
    }

    private static Optional<Pins> without(Path root, String reason) {
        LOG.atWarn()
                .addKeyValue("path", root)
                .addKeyValue("reason", reason)
                .log(
                        "nothing is pinned, so forwarding ends with this process; mount a bpffs: mount -t bpf bpf /sys/fs/bpf");
        return Optional.empty();
    }

    /** Makes the folders that are not there. */
    void makeFolders() {
        try {
            Files.createDirectories(maps());
            Files.createDirectories(links());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make folders in " + root + ": " + e.getMessage(), e);
        }
    }

    /** Whether it is this map that is pinned under its name. */
    boolean isPinned(String name, BpfMap map) {
        try (PinnedMap there = new PinnedMap(BpfMap.openPinned(map(name)))) {
            return there.is(map.id());
        }
    }

    /** What is pinned under a map's name. */
    private record PinnedMap(Optional<BpfMap> map) implements AutoCloseable {
        boolean is(int id) {
            return map.filter(there -> there.id() == id).isPresent();
        }

        @Override
        public void close() {
            map.ifPresent(BpfMap::close);
        }
    }

    private Path maps() {
        return root.resolve("v" + Limits.LAYOUT_VERSION);
    }

    private Path links() {
        return root.resolve("links");
    }

    /** The folders of other layouts' maps, the newest first: those of a daemon of another version. */
    public List<Path> otherLayouts() {
        return entries(root).stream()
                .filter(directory -> !directory.equals(maps()) && !directory.equals(links()))
                .sorted(Comparator.comparingInt(Pins::layoutVersion).reversed())
                .toList();
    }

    private static int layoutVersion(Path directory) {
        String digits = directory.getFileName().toString().replaceAll("\\D", "");
        return digits.isEmpty() || digits.length() > MAX_VERSION_DIGITS ? 0 : Integer.parseInt(digits);
    }

    public Path map(String name) {
        return maps().resolve(name);
    }

    /** Where a map of this version's layout is pinned. */
    public static Path map(Path root, String name) {
        return new Pins(root).map(name);
    }

    /**
     * Gives a program its name, in place of the one that a daemon before this one has left there. Only people look for
     * it: never fails.
     */
    void replaceProgram(BpfProgram program) {
        Path pin = maps().resolve(program.name());
        try {
            remove(pin);
            program.pin(pin);
        } catch (UncheckedIOException | SystemCallException e) {
            LOG.atDebug()
                    .addKeyValue("path", pin)
                    .addKeyValue("reason", e.getMessage())
                    .log("a program is not pinned");
        }
    }

    /** Where the link of a program for requests is pinned. */
    public static Path link(Path root, String interfaceName, HookPoint hook) {
        return new Pins(root).link(interfaceName, hook);
    }

    /** bpffs takes no dots in names; VLAN interfaces have them. */
    public Path link(String interfaceName, HookPoint hook) {
        return links().resolve(interfaceName.replace('.', '~') + "-" + hook);
    }

    /** As above, of the program for replies, which is always at ingress. */
    public Path linkOfReplies(String interfaceName) {
        return links().resolve(interfaceName.replace('.', '~') + REPLIES);
    }

    /** As above, of the program for ICMP errors. */
    public Path linkOfIcmp(String interfaceName) {
        return links().resolve(interfaceName.replace('.', '~') + ICMP);
    }

    /** Whether it is one of {@link #linkOfIcmp}. */
    public static boolean isOfIcmp(Path link) {
        return link.getFileName().toString().endsWith(ICMP);
    }

    /** Whether it is one of {@link #linkOfReplies}. */
    public static boolean isOfReplies(Path link) {
        return link.getFileName().toString().endsWith(REPLIES);
    }

    /** The names of all links that are pinned. */
    public List<Path> pinnedLinks() {
        return entries(links());
    }

    public static void remove(Path pin) {
        try {
            Files.deleteIfExists(pin);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + pin, e);
        }
    }

    /**
     * Puts this layout's maps among those of other layouts, since this daemon's are to have more room: they are carried
     * over as from another version.
     */
    void setAside() {
        Path aside = root.resolve("shorter-" + maps().getFileName());
        entries(aside).forEach(Pins::remove);
        remove(aside);
        try {
            Files.move(maps(), aside);
        } catch (IOException e) {
            throw new UncheckedIOException("failed to rename " + maps() + " to " + aside, e);
        }
        makeFolders();
    }

    /** Forgets this layout's maps, for a set of them that cannot be used. */
    void removeMaps() {
        entries(maps()).forEach(Pins::remove);
    }

    /** Forgets the maps of other layouts, once this one's program is in place. */
    public void removeOtherLayouts() {
        for (Path directory : otherLayouts()) {
            entries(directory).forEach(Pins::remove);
            remove(directory);
            LOG.atInfo().addKeyValue("path", directory).log("dropped the maps of another version");
        }
    }

    /** Whether anything is pinned there; folders alone are nothing. */
    public static boolean areIn(Path root) {
        return entries(root).stream().anyMatch(directory -> !entries(directory).isEmpty());
    }

    /** Removes every pin and the folders. Programs that only a pin held go with it. */
    public static void removeAll(Path root) {
        if (!Files.isDirectory(root)) {
            return;
        }
        for (Path directory : entries(root)) {
            entries(directory).forEach(Pins::remove);
            removeIfEmpty(directory);
        }
        // A mount point stays: in a pod, this folder of the node's is all that is mounted.
        removeIfEmpty(root);
    }

    /** One that is not empty is that of a daemon which runs and has pinned again meanwhile. */
    private static void removeIfEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.debug("{} stays: {}", directory, e.toString());
        }
    }

    public void removeAll() {
        removeAll(root);
    }

    private static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }
}
