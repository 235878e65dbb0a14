package dev.udpfanout.loader.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What is fuzzed.
 *
 * @param name one word
 * @param type the name of the class with {@code fuzzerTestOneInput}, in the tests of this module or of bindings
 * @param maxBytes of one input
 * @param instrumented classes beside ours whose branches guide the fuzzer, as patterns of Jazzer's
 * @param seeds the inputs to begin with
 */
record FuzzTarget(String name, String type, int maxBytes, List<String> instrumented, Seeds seeds) {
    private static final String BINDINGS = "dev.udpfanout.bindings.";
    private static final int NETLINK_BYTES = 512;

    /** Inputs to begin with. */
    @FunctionalInterface
    interface Seeds {
        /** @param root of the source tree */
        List<byte[]> of(Path root) throws IOException;
    }

    /** All that read what others write. */
    static final List<FuzzTarget> ALL = List.of(
            new FuzzTarget(
                    "config",
                    ConfigFuzz.class.getName(),
                    4_096,
                    List.of("org.yaml.snakeyaml.**", "com.fasterxml.jackson.dataformat.yaml.**"),
                    ConfigFuzz::seeds),
            new FuzzTarget("slices", SliceFuzz.class.getName(), 2_048, List.of(), root -> SliceFuzz.seeds()),
            netlink("events", "rtnetlink.monitor.EventFuzz", root -> List.of()),
            netlink("answers", "rtnetlink.AnswerFuzz", root -> List.of()),
            netlink("conntrack", "conntrack.TrackedFlowFuzz", root -> TrackedFlowSeeds.ofEachFamily()));

    private static FuzzTarget netlink(String name, String type, Seeds seeds) {
        return new FuzzTarget(name, BINDINGS + type, NETLINK_BYTES, List.of(), seeds);
    }
}
