package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.MetricsConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.OwnNamespace;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.config.ShutdownConfig;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.config.yaml.FileContent;
import dev.udpfanout.loader.config.yaml.Problems;
import dev.udpfanout.loader.config.yaml.Section;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads and checks the configuration file. */
public final class ConfigReader {
    private static final int DEFAULT_DRAIN_SECONDS = 5;
    private static final int MAX_DRAIN_SECONDS = 600;

    private final Predicate<String> interfaceExists;
    private final String ownNamespace;

    /**
     * @param interfaceExists whether this machine has an interface of a name; to check a file for another machine, say
     *     yes to all
     */
    public ConfigReader(Predicate<String> interfaceExists) {
        this(interfaceExists, OwnNamespace.detect());
    }

    /** @param ownNamespace stands for a namespace that is not given */
    ConfigReader(Predicate<String> interfaceExists, String ownNamespace) {
        this.interfaceExists = interfaceExists;
        this.ownNamespace = ownNamespace;
    }

    /**
     * Reads the file.
     *
     * @throws InvalidConfigException if it cannot be read or anything in it is wrong: with everything that is
     */
    public Config read(Path file) throws InvalidConfigException {
        Problems problems = new Problems(file.toString());
        FileContent content = contentOf(file, problems);
        problems.throwIfAny();
        return parse(content, problems);
    }

    /** As {@link #read}, for what has been read already; {@code name} stands for the file in messages. */
    public Config parse(FileContent content, String name) throws InvalidConfigException {
        return parse(content, new Problems(name));
    }

    /** As above, for text. */
    public Config parse(String text, String name) throws InvalidConfigException {
        return parse(text, new Problems(name));
    }

    private static FileContent contentOf(Path file, Problems problems) {
        try {
            return FileContent.read(file);
        } catch (NoSuchFileException e) {
            problems.add(0, "", "there is no such file");
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            problems.add(0, "", "cannot be read: " + reason);
        } catch (IOException e) {
            problems.add(0, "", "cannot be read: " + e.getMessage());
        }
        return FileContent.of("");
    }

    private Config parse(FileContent content, Problems problems) throws InvalidConfigException {
        if (content.isTooLarge()) {
            problems.add(0, "", "the file is larger than " + FileContent.MAX_BYTES + " bytes");
        }
        problems.throwIfAny();
        return parse(textOf(content, problems), problems);
    }

    private static String textOf(FileContent content, Problems problems) throws InvalidConfigException {
        try {
            return content.text();
        } catch (CharacterCodingException e) {
            problems.add(0, "", "the file is not UTF-8 text");
            problems.throwIfAny();
            return "";
        }
    }

    private Config parse(String text, Problems problems) throws InvalidConfigException {
        Section root = Section.root(text, problems);
        problems.throwIfAny();
        List<ListenerConfig> listeners = new ListenersReader(interfaceExists, ownNamespace).read(root);
        Optional<ServicesConfig> services = ServicesReader.read(root, interfaceExists);
        FlowsConfig flows = FlowsReader.read(root.section("flows"));
        NetflowConfig netflow = NetflowReader.read(root.section("netflow"));
        ShutdownConfig shutdown = new ShutdownConfig(
                root.choice("on_exit", ShutdownConfig.OnExit.class, ShutdownConfig.OnExit.DETACH),
                Duration.ofSeconds(root.wholeNumber("drain_secs", DEFAULT_DRAIN_SECONDS, 0, MAX_DRAIN_SECONDS)));
        HealthConfig health = HealthReader.read(root.section("health"));
        MetricsConfig metrics = MetricsReader.read(root.section("metrics"));
        root.refuseUnknownKeys();
        problems.throwIfAny();
        return new Config(listeners, services, flows, netflow, health, metrics, shutdown);
    }

    /** An address and port; null, with the problem noted, if the text is none. */
    static InetSocketAddress address(Section section, String key, String text) {
        if (text == null) {
            return null;
        }
        try {
            return SocketAddressText.parse(text);
        } catch (BadTextException e) {
            section.problem(key, e.getMessage());
            return null;
        }
    }
}
