package dev.udpfanout.loader.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong with a file, so that the operator sees all of it at once. */
final class Problems {
    private final String file;
    private final List<ConfigProblem> problems = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    /** Notes a problem; of several at one place only the first, since the others mostly follow from it. */
    void add(int line, String path, String message) {
        boolean isKnown = problems.stream()
                .anyMatch(known -> known.line() == line && known.path().equals(path));
        if (isKnown) {
            return;
        }
        problems.add(new ConfigProblem(file, line, path, message));
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    void throwIfAny() throws InvalidConfigException {
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(ConfigProblem::line));
            throw new InvalidConfigException(problems);
        }
    }
}
