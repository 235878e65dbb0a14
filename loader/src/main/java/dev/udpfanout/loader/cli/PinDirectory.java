package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where in bpffs the daemon keeps what outlives it. */
final class PinDirectory {
    @Option(
            names = "--pin-dir",
            paramLabel = "DIRECTORY",
            description = "Where in bpffs maps and links are pinned; default: /sys/fs/bpf/udp-fanout.")
    Path directory = Pins.DEFAULT_ROOT;
}
