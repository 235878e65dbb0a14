package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.map.PerCpuArrayMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code udp-fanout map STATS}: the kernel program's counters by their pin, as {@code bpftool map dump name STATS}
 * prints them. bpftool asks the kernel for the map by its name, and for the types of what is in it; both take
 * CAP_SYS_ADMIN, the pin takes CAP_BPF.
 */
@Command(
        name = "map",
        description = "Prints what a map of the kernel program has in it, as bpftool does: STATS, the counters of each"
                + " listener on each CPU. Needs no CAP_SYS_ADMIN.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout map STATS"},
        mixinStandardHelpOptions = true)
final class MapCommand implements Callable<Integer> {
    private static final String STATS = SharedMaps.STATS.name();
    private static final String VALUE = """
                            "cpu": %d,
                            "value": {
                                "pkts_received": %d,
                                "pkts_forwarded": %d,
                                "pkts_dropped": %d,
                                "bytes_received": %d,
                                "bytes_forwarded": %d
                            }
            """;

    @Parameters(paramLabel = "NAME", description = "STATS.")
    private String name;

    @Mixin
    private PinDirectory pins;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        if (!name.equals(STATS)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "there is no map \"" + name + "\"; write STATS");
        }
        Path pin = Pins.map(pins.directory, STATS);
        Optional<BpfMap> map = BpfMap.openPinned(pin);
        if (map.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("udp-fanout: no map is pinned at " + pin
                    + " (does a daemon of this version run, with this --pin-dir?)");
            err.flush();
            return ExitCode.FAILED;
        }
        try (BpfMap stats = map.get()) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(text(SharedMaps.STATS.open(stats)));
            out.flush();
        }
        return ExitCode.OK;
    }

    private static String text(PerCpuArrayMap<ListenerStats> stats) {
        return IntStream.range(0, stats.length())
                .mapToObj(slot -> listener(slot, stats.ofEachCpu(slot)))
                .collect(Collectors.joining(",", "[", "\n]"));
    }

    private static String listener(int slot, List<ListenerStats> ofCpus) {
        String values = IntStream.range(0, ofCpus.size())
                .mapToObj(cpu -> value(cpu, ofCpus.get(cpu)))
                .collect(Collectors.joining(",", "[", "\n        ]"));
        return "{\n        \"key\": " + slot + ",\n        \"values\": " + values + "\n    }";
    }

    private static String value(int cpu, ListenerStats stats) {
        return "{\n"
                + VALUE.formatted(
                        cpu,
                        stats.packetsReceived(),
                        stats.packetsForwarded(),
                        stats.packetsDropped(),
                        stats.bytesReceived(),
                        stats.bytesForwarded())
                + "            }";
    }
}
