package dev.udpfanout.lab.differential;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the command line says.
 *
 * @param daemon the distribution's {@code bin/udp-fanout}
 * @param networks to build
 * @param senders who send, of those that a network has
 * @param ways to try in each
 * @param loads to send by each
 * @param document the page to write the table to, if all is run
 * @param logs the folder for what the daemons say
 * @param details whether to print each cell that is worse, not only the first of a row
 */
record Options(
        Path daemon,
        List<Network> networks,
        List<Origin> senders,
        List<Way> ways,
        List<Load> loads,
        Optional<Path> document,
        Path logs,
        boolean details) {
    static final String USAGE =
            "usage: differential [--daemon FILE] [--networks NAME,…] [--senders NAME,…] [--ways NAME,…]"
                    + " [--sample] [--details] [--document FILE] [--logs FOLDER]";

    private static final Set<String> FLAGS = Set.of("--sample", "--details");
    private static final Set<String> VALUES =
            Set.of("--daemon", "--networks", "--senders", "--ways", "--document", "--logs");

    /** @throws IllegalArgumentException with one line for the user if an argument is not understood */
    static Options parse(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            if (!FLAGS.contains(option) && !VALUES.contains(option)) {
                throw new IllegalArgumentException("unknown option " + option + "; " + USAGE);
            }
            if (VALUES.contains(option) && i + 1 == arguments.length) {
                throw new IllegalArgumentException(option + " needs a value; " + USAGE);
            }
            given.put(option, FLAGS.contains(option) ? "" : arguments[++i]);
        }
        return new Options(
                Path.of(given.getOrDefault("--daemon", "loader/target/udp-fanout/bin/udp-fanout")),
                named(given, "--networks", Networks.all(), Network::name),
                named(given, "--senders", List.of(Origin.values()), Origin::word),
                named(given, "--ways", List.of(Way.values()), Way::label),
                given.containsKey("--sample") ? Load.sample() : Load.all(),
                Optional.ofNullable(given.get("--document")).map(Path::of),
                Path.of(given.getOrDefault("--logs", "lab/target/differential")),
                given.containsKey("--details"));
    }

    /** Whether no network, sender or way in is left out. */
    boolean isWhole() {
        return networks.size() == Networks.all().size()
                && senders.size() == Origin.values().length
                && ways.size() == Way.values().length;
    }

    /** Those whose names are listed; all if the list is empty. */
    private static <T> List<T> named(Map<String, String> given, String option, List<T> all, Function<T, String> name) {
        List<String> names = Stream.of(given.getOrDefault(option, "").split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        List<String> known = all.stream().map(name).toList();
        for (String wanted : names) {
            if (!known.contains(wanted)) {
                throw new IllegalArgumentException(
                        option + ": there is no " + wanted + " among " + String.join(", ", known));
            }
        }
        return names.isEmpty()
                ? all
                : all.stream().filter(one -> names.contains(name.apply(one))).toList();
    }
}
