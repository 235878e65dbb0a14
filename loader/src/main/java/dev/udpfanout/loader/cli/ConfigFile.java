package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.daemon.ConfigSource;
import dev.udpfanout.loader.datapath.network.Network;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/** The configuration file, read against this machine, with its problems printed one a line. */
final class ConfigFile {
    private ConfigFile() {}

    /**
     * The file for the daemon, which reads it again when it changes; empty if it is not valid, which has been printed
     * then.
     */
    static Optional<ConfigSource> open(Path file, PrintWriter err) {
        try {
            return Optional.of(ConfigSource.open(file, new ConfigReader(ConfigFile::interfaceExists)));
        } catch (InvalidConfigException e) {
            print(e, err);
            return Optional.empty();
        }
    }

    private static boolean interfaceExists(String name) {
        try (Network network = Network.open()) {
            return network.links().byName(name).isPresent();
        }
    }

    private static void print(InvalidConfigException e, PrintWriter err) {
        e.problems().forEach(err::println);
        err.flush();
    }

    /** The configuration; empty if it is not valid, which has been printed then. */
    static Optional<Config> read(Path file, PrintWriter err) {
        return read(file, new ConfigReader(ConfigFile::interfaceExists), err);
    }

    /** As above, for another machine: any interface may exist there. */
    static Optional<Config> readForAnyMachine(Path file, PrintWriter err) {
        return read(file, new ConfigReader(name -> true), err);
    }

    private static Optional<Config> read(Path file, ConfigReader reader, PrintWriter err) {
        try {
            return Optional.of(reader.read(file));
        } catch (InvalidConfigException e) {
            print(e, err);
            return Optional.empty();
        }
    }
}
