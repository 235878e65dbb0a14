package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A lab is broken in one way at a time. Doctor names that one, with its mend, and nothing else; trace names the hop at
 * which datagrams die. What --fix says that it mends it does mend. When it is mended, there is nothing to name.
 * {@code make doctor-test} takes all faults, or those of its {@link Selection}; otherwise one way in.
 */
@Tag("kernel")
class FaultTest {
    /** So that a receiver which is at fault stays where trace's datagrams come by. */
    private static final String WITHOUT_PROBES = "health: { enabled: false }";

    /** Faults of routes, neighbours and bridges are met on the way that meets all of them. */
    private static final String BY_NEXT_HOP = "local_delivery: neigh";

    @TempDir
    private Path directory;

    private static Set<WayIn> ways() {
        return Selection.isWhole() ? Selection.of(EnumSet.allOf(WayIn.class)) : EnumSet.of(WayIn.DUMMY_INGRESS);
    }

    @TestFactory
    Stream<DynamicContainer> shouldNameTheFaultAndNothingElse() {
        return ways().stream()
                .filter(way -> Selection.isOfAllFaults() || !faults(way).isEmpty())
                .map(this::ofWay);
    }

    private static List<Fault> faults(WayIn way) {
        return (Selection.isWhole() ? Faults.all() : Faults.sample())
                .stream()
                        .filter(fault -> fault.way() == way)
                        .filter(fault -> Selection.isWanted(fault.name()))
                        .toList();
    }

    private DynamicContainer ofWay(WayIn way) {
        List<DynamicTest> tests = new ArrayList<>();
        DoctorLab[] lab = new DoctorLab[1];
        // Also where there is no fault to try: nothing may be named where nothing is wrong.
        tests.add(DynamicTest.dynamicTest("nothing is wrong", () -> {
            lab[0] = new DoctorLab(directory.resolve(way.name()), way, WITHOUT_PROBES, BY_NEXT_HOP);
            lab[0].assertWell();
        }));
        faults(way)
                .forEach(fault -> tests.add(
                        DynamicTest.dynamicTest(fault.name(), () -> new FaultTrial(lab[0]).assertNamed(fault))));
        tests.add(DynamicTest.dynamicTest("the lab goes", () -> {
            assertFalse(lab[0] == null);
            lab[0].close();
        }));
        return DynamicContainer.dynamicContainer(way.name(), tests);
    }
}
