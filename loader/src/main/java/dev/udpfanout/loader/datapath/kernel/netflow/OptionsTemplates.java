package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.abi.netflow.OptionsTemplateKey;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.netflow.ExporterMemory.OptionsTemplate;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The maps OPTIONS_TEMPLATES and OPTIONS_IDS, by which the program tells options data from other data. It learns by
 * itself; what was learnt in user space, or by another version's program, it is told here. One thread at a time.
 */
final class OptionsTemplates {
    private static final int ONLY = 0;

    /** So many ids may be noted that none is any more. */
    private static final int MAX_SURPLUS = 64;

    private final KeyedMap<OptionsTemplateKey, Integer> templates;
    private final ArrayMap<MemorySegment> ids;

    OptionsTemplates(KernelProgram program) {
        this.templates = program.map(SharedMaps.OPTIONS_TEMPLATES);
        this.ids = program.map(SharedMaps.OPTIONS_IDS);
    }

    /** Puts in what is not there. */
    void add(Collection<OptionsTemplate> known) {
        Map<OptionsTemplateKey, Integer> missing = new HashMap<>();
        known.forEach(each -> missing.put(key(each), each.v9DataBytes()));
        if (!missing.isEmpty()) {
            missing.keySet().removeAll(templates.keys());
            templates.putAll(missing);
        }
    }

    /** Whose templates are there, each as often as there is one. */
    List<InetAddress> senders() {
        return templates.keys().stream().map(key -> key.exporter().getAddress()).toList();
    }

    /**
     * Notes the ids of all that are there, and no others: each costs all data of that id a question. The program may
     * note one at the same time, which this overwrites; the next call mends that.
     */
    void noteIds() {
        Set<OptionsTemplateKey> present = templates.keys();
        MemorySegment wanted = MemorySegment.ofArray(new byte[1 << 16]);
        present.forEach(key -> wanted.set(ValueLayout.JAVA_BYTE, key.id(), (byte) 1));
        MemorySegment noted = ids.get(ONLY);
        boolean areMissing = present.stream().anyMatch(key -> noted.get(ValueLayout.JAVA_BYTE, key.id()) == 0);
        if (areMissing || surplus(noted, wanted) > MAX_SURPLUS) {
            ids.put(ONLY, wanted);
        }
    }

    private static int surplus(MemorySegment noted, MemorySegment wanted) {
        int surplus = 0;
        for (int id = 0; id < wanted.byteSize(); id++) {
            surplus += noted.get(ValueLayout.JAVA_BYTE, id) - wanted.get(ValueLayout.JAVA_BYTE, id);
        }
        return surplus;
    }

    /** Where there is little room left: takes out those that nobody knows any more. */
    void makeRoom(Supplier<Collection<OptionsTemplate>> known) {
        Set<OptionsTemplateKey> unknown = templates.keys();
        if (unknown.size() > templates.capacity() / 2) {
            Set<OptionsTemplateKey> kept = new HashSet<>();
            known.get().forEach(each -> kept.add(key(each)));
            unknown.removeAll(kept);
            templates.removeAll(unknown);
        }
    }

    private static OptionsTemplateKey key(OptionsTemplate of) {
        return new OptionsTemplateKey(of.exporter(), of.domain(), of.id());
    }
}
