package dev.udpfanout.loader.config.yaml;

import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong with a file, so that the operator sees all of it at once. */
public final class Problems {
    private final String file;
    private final List<ConfigProblem> problems = new ArrayList<>();

    /** @param file as the operator named it, for the messages */
    public Problems(String file) {
        this.file = file;
    }

    /**
     * Notes a problem; of several at one place only the first, since the others mostly follow from it.
     *
     * @param line 1 for the first; 0 for the file itself
     * @param path where in the document; empty for the document itself
     */
    public void add(int line, String path, String message) {
        boolean isKnown = problems.stream()
                .anyMatch(known -> known.line() == line && known.path().equals(path));
        if (isKnown) {
            return;
        }
        problems.add(new ConfigProblem(file, line, path, message));
    }

    /** Whether nothing is wrong so far. */
    public boolean isEmpty() {
        return problems.isEmpty();
    }

    /** @throws InvalidConfigException if anything was noted: with all of it, in the order of the lines */
    public void throwIfAny() throws InvalidConfigException {
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(ConfigProblem::line));
            throw new InvalidConfigException(problems);
        }
    }
}
