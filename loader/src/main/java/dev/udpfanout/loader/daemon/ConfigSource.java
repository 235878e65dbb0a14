package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.config.yaml.FileContent;
import dev.udpfanout.loader.status.ConfigStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration file: what of it is in force, and what became of the changes. Belongs to the control loop's thread.
 */
public final class ConfigSource {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigSource.class);
    private static final String HINDERED = "not possible yet, will retry: ";

    private final Path file;
    private final ConfigReader reader;
    private final FileContent firstContent;
    private final Config started;
    private Config inForce;
    private Instant appliedAt = Instant.now();
    private long applied;
    private long refused;
    private List<String> problems = List.of();
    private boolean isUntold;
    private volatile Consumer<FileContent> onChange = content -> {};

    private ConfigSource(Path file, ConfigReader reader, FileContent firstContent, Config inForce) {
        this.file = file;
        this.reader = reader;
        this.firstContent = firstContent;
        this.started = inForce;
        this.inForce = inForce;
    }

    /**
     * Reads the file.
     *
     * @throws InvalidConfigException if it cannot be read or anything in it is wrong
     */
    public static ConfigSource open(Path file, ConfigReader reader) throws InvalidConfigException {
        // Before the reader does: if it changes in between, the watch finds another content, and not the same.
        FileContent content = contentOf(file);
        return new ConfigSource(file, reader, content, reader.read(file));
    }

    private static FileContent contentOf(Path file) {
        try {
            return FileContent.read(file);
        } catch (IOException e) {
            // The reader says it in words for the operator.
            return FileContent.of("");
        }
    }

    /** The configuration in force. */
    Config inForce() {
        return inForce;
    }

    /**
     * Has the file read again, changed or not; any thread may. Without effect as long as it is not watched.
     *
     * @throws UncheckedIOException if it cannot be read
     */
    public void readAgain() {
        try {
            onChange.accept(FileContent.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    FileWatch watch(Consumer<FileContent> told) {
        onChange = told;
        try {
            return FileWatch.start(file, firstContent, told);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot watch " + file, e);
        }
    }

    /** Reads a new content, which is to be put in force then; if it is invalid, says so, and leaves all as it is. */
    Optional<Config> reload(FileContent content) {
        try {
            inForce = reader.parse(content, file.toString());
        } catch (InvalidConfigException e) {
            refused++;
            problems = e.problems().stream().map(ConfigProblem::toString).toList();
            LOG.atError()
                    .addKeyValue("problems", problems.size())
                    .log("refused the changed configuration; the previous one stays in force");
            problems.forEach(LOG::error);
            return Optional.empty();
        }
        applied++;
        problems = List.of();
        appliedAt = Instant.now();
        isUntold = true;
        List<String> waiting = StartOnlyKeys.changed(started, inForce);
        if (!waiting.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("keys", waiting)
                    .log("these keys need a restart; until then the daemon keeps the values of its start");
        }
        return Optional.of(inForce);
    }

    /**
     * Says that the content read last is applied, once.
     *
     * @param isInForce whether the datapath does what it asks for
     */
    void tell(boolean isInForce) {
        if (isUntold && isInForce) {
            isUntold = false;
            LOG.atInfo().addKeyValue("listeners", inForce.listeners().size()).log("applied the changed configuration");
        }
    }

    /** @param hindrances why what the file says could not be put in force, if that is so */
    ConfigStatus status(List<String> hindrances) {
        List<String> all = Stream.concat(problems.stream(), hindrances.stream().map(HINDERED::concat))
                .toList();
        return new ConfigStatus(file.toString(), all.isEmpty(), appliedAt, applied, refused, all);
    }
}
