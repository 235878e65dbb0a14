package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.datapath.Failures;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerMaps;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerTables;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Repair;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Compares what the maps and pins hold with what this daemon has left there, since others with enough rights can write
 * to them: {@code bpftool map}, {@code rm}. What the maps of listeners lack is put in by what sets them anyway, right
 * after this; tables and pins are mended here. Each map is read in one system call where the kernel has that.
 */
final class TamperCheck {
    private final ListenerMaps maps;
    private final ListenerTables tables;
    private final EndpointsInForce endpoints;
    private final KernelProgram program;
    private final RepairLog repairs;
    /** Maps that were found changed, and sets whose table was: counted when the maps of listeners are right again. */
    private final Set<String> refilled = new LinkedHashSet<>();

    private final Set<String> putBack = new LinkedHashSet<>();

    TamperCheck(
            ListenerMaps maps,
            ListenerTables tables,
            EndpointsInForce endpoints,
            KernelProgram program,
            RepairLog repairs) {
        this.maps = maps;
        this.tables = tables;
        this.endpoints = endpoints;
        this.program = program;
        this.repairs = repairs;
    }

    /**
     * Looks at all of it, once.
     *
     * @param sets whatever has a slot and endpoints
     * @param slots the slot of each
     */
    void run(Collection<ReceiverSet> sets, ToIntFunction<ReceiverSet> slots) {
        Failures failures = new Failures();
        failures.collect(() -> maps.reread().forEach((what, entries) -> {
            if (entries > 0) {
                refilled.add(what);
            }
        }));
        failures.collect(() -> putBack.addAll(endpoints.mend(sets, slots)));
        failures.collect(() -> program.mendPins().forEach(pin -> repairs.repaired(Repair.PIN_RESTORED, "pin", pin)));
        failures.collect(() -> {
            if (tables.mendPins() > 0) {
                repairs.repaired(Repair.PIN_RESTORED, "pin", "endpoint tables");
            }
        });
        failures.throwIfAny();
    }

    /** The maps of listeners hold again what they should, and lead to the tables. */
    void countMended() {
        refilled.forEach(what -> repairs.repaired(Repair.MAP_REFILLED, "map", what));
        refilled.clear();
        putBack.forEach(set -> repairs.repaired(Repair.ENDPOINTS_PUT_BACK, "listener", set));
        putBack.clear();
    }
}
