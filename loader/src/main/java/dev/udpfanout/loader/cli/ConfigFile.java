package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigReader;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.datapath.kernel.Network;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/** The configuration file, read against this machine, with its problems printed one a line. */
final class ConfigFile {
    private ConfigFile() {}

    /** The configuration; empty if it is not valid, which has been printed then. */
    static Optional<Config> read(Path file, PrintWriter err) {
        try (Network network = Network.open()) {
            return read(
                    file, new ConfigReader(name -> network.links().byName(name).isPresent()), err);
        }
    }

    /** As above, for another machine: any interface may exist there. */
    static Optional<Config> readForAnyMachine(Path file, PrintWriter err) {
        return read(file, new ConfigReader(name -> true), err);
    }

    private static Optional<Config> read(Path file, ConfigReader reader, PrintWriter err) {
        try {
            return Optional.of(reader.read(file));
        } catch (InvalidConfigException e) {
            e.problems().forEach(err::println);
            err.flush();
            return Optional.empty();
        }
    }
}
