package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.Unreachable;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerMaps;
import dev.udpfanout.loader.datapath.kernel.maps.ListenerTables;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.RepairLog;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Asks each link for its interface, reads the maps by which datagrams find their listener, and asks for the number of
 * each endpoint table. What tables hold, the rules of listeners and pins are left to {@link TamperCheck}: more than a
 * look may cost.
 */
final class KernelLookout implements Lookout {
    private final RepairLog repairs;
    private final List<BooleanSupplier> looks;
    private final UnreachableNotes unreachable;

    /** @param links whether the links of each kind of hook hold their interfaces */
    KernelLookout(
            RepairLog repairs,
            ListenerMaps maps,
            ListenerTables tables,
            KernelProgram program,
            BooleanSupplier... links) {
        this.repairs = repairs;
        this.unreachable = new UnreachableNotes(program);
        this.looks = List.of(
                () -> Arrays.stream(links).allMatch(BooleanSupplier::getAsBoolean),
                maps::areIntact,
                tables::areInPlace);
    }

    @Override
    public boolean isIntact() {
        boolean isIntact = looks.stream().allMatch(BooleanSupplier::getAsBoolean);
        if (isIntact) {
            repairs.seenIntact();
        }
        return isIntact;
    }

    @Override
    public Unreachable takeUnreachable() {
        return unreachable.take();
    }

    @Override
    public Map<String, Duration> outages() {
        return repairs.outages();
    }
}
