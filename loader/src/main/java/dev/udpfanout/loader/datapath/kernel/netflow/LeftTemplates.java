package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.abi.netflow.KeptTemplates;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapShape;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.netflow.ExporterMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What kernel programs have handed over of exporters, and no daemon may have taken: in the maps that are pinned. */
public final class LeftTemplates {
    private static final Logger LOG = LoggerFactory.getLogger(LeftTemplates.class);

    /** Up to layout 7, TEMPLATES was the table itself, with the same entries. */
    private static final List<String> TABLES = List.of(TemplateTable.PIN, SharedMaps.TEMPLATES.name());

    private LeftTemplates() {}

    /**
     * A listener's messages, the oldest first; of all layouts.
     *
     * @param root where the daemon has its pins
     */
    public static List<ExporterMessage> of(Path root, String listener) {
        return Pins.existing(root)
                .map(pins -> {
                    List<ExporterMessage> all = new ArrayList<>(ofOtherLayouts(pins, listener));
                    all.addAll(ofLayout(pins.map(TemplateTable.PIN).getParent(), listener));
                    all.sort(Comparator.comparingLong(ExporterMessage::epochMs));
                    return all;
                })
                .orElse(List.of());
    }

    /** As above, of those that are not this version's. */
    static List<ExporterMessage> ofOtherLayouts(Pins pins, String listener) {
        List<ExporterMessage> all = new ArrayList<>();
        pins.otherLayouts().forEach(layout -> all.addAll(ofLayout(layout, listener)));
        all.sort(Comparator.comparingLong(ExporterMessage::epochMs));
        return all;
    }

    private static List<ExporterMessage> ofLayout(Path layout, String listener) {
        List<ExporterMessage> all = new ArrayList<>();
        try {
            int slot = slot(layout, listener);
            for (String name : TABLES) {
                if (slot >= 0 && all.isEmpty()) {
                    BpfMap.openPinned(layout.resolve(name)).ifPresent(map -> read(map, slot, all));
                }
            }
        } catch (SystemCallException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("path", layout)
                    .addKeyValue("reason", e.getMessage())
                    .log("failed to read the templates of NetFlow exporters that an earlier daemon has left");
        }
        return all;
    }

    private static int slot(Path layout, String listener) {
        Optional<BpfMap> names = BpfMap.openPinned(layout.resolve(SharedMaps.LISTENER_NAMES.name()));
        if (names.isEmpty()) {
            return -1;
        }
        try (BpfMap map = names.get()) {
            return SharedMaps.LISTENER_NAMES.open(map).all().indexOf(new ListenerName(listener));
        }
    }

    private static void read(BpfMap map, int slot, List<ExporterMessage> to) {
        try (map) {
            MapShape shape = map.shape();
            if (shape.keyBytes() != KeptTemplates.KEY_CODEC.bytes()
                    || shape.valueBytes() != KeptTemplates.VALUE_CODEC.bytes()) {
                return;
            }
            new KeyedMap<>(map, KeptTemplates.KEY_CODEC, KeptTemplates.VALUE_CODEC).scan((key, value) -> {
                if (KeptTemplates.slot(key) == slot) {
                    to.add(message(KeptTemplates.read(key, value)));
                }
            });
        }
    }

    static ExporterMessage message(KeptTemplates kept) {
        long agoMs = TimeUnit.NANOSECONDS.toMillis(Math.max(0, System.nanoTime() - kept.seenNanos()));
        return new ExporterMessage(System.currentTimeMillis() - agoMs, kept.exporter(), kept.message());
    }
}
