package dev.udpfanout.lab.netflow;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the command line says.
 *
 * @param daemon the distribution's {@code bin/udp-fanout}
 * @param trials to run
 * @param document the page whose table is written anew, if all is run
 * @param logs the folder for what the daemons and the collectors say
 */
record Options(Path daemon, List<Trial> trials, Optional<Path> document, Path logs) {
    static final String USAGE =
            "usage: netflow-test [--daemon FILE] [--trials WORD,…] [--document FILE] [--logs FOLDER]\n"
                    + "A trial is run if its name has one of the words that are separated by commas; of a word with"
                    + " blanks, each part. Names are as \"scaling, kernel, IPv4, dummy0\".";

    private static final Set<String> VALUES = Set.of("--daemon", "--trials", "--document", "--logs");

    /** @throws IllegalArgumentException with one line for the user if an argument is not understood */
    static Options parse(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!VALUES.contains(arguments[i]) || i + 1 == arguments.length) {
                throw new IllegalArgumentException("unknown option, or one without its value: " + arguments[i]);
            }
            given.put(arguments[i], arguments[i + 1]);
        }
        return new Options(
                Path.of(given.getOrDefault("--daemon", "loader/target/udp-fanout/bin/udp-fanout")),
                trials(given.getOrDefault("--trials", "")),
                Optional.ofNullable(given.get("--document")).map(Path::of),
                Path.of(given.getOrDefault("--logs", "lab/target/netflow")));
    }

    /** Whether no trial is left out. */
    boolean isWhole() {
        return trials.size() == Trial.all().size();
    }

    private static List<Trial> trials(String wanted) {
        List<Trial> chosen = Trial.all().stream()
                .filter(trial ->
                        wanted.isBlank() || Stream.of(wanted.split(",")).anyMatch(words -> isOf(trial, words)))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("--trials: no trial has " + wanted + " in its name, such as "
                    + Trial.all().getFirst().text());
        }
        return chosen;
    }

    private static boolean isOf(Trial trial, String words) {
        List<String> name = List.of(trial.text().split(", "));
        return Stream.of(words.strip().split("\\s+")).allMatch(name::contains);
    }
}
