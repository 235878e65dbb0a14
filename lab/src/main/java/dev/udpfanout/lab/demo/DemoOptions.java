package dev.udpfanout.lab.demo;

import java.nio.file.Path;

/**
 * What the demo is told on its command line.
 *
 * @param daemon the distribution's {@code bin/udp-fanout}
 * @param pods how many pods
 * @param datagrams how many datagrams each phase sends
 * @param perSecond at which rate, in datagrams a second
 */
record DemoOptions(Path daemon, int pods, long datagrams, long perSecond) {
    static final String USAGE = "usage: demo [--daemon FILE] [--pods N] [--datagrams N] [--rate N]";

    private static final String DISTRIBUTION_PROPERTY = "udpfanout.distribution";
    private static final String DEFAULT_DISTRIBUTION = "loader/target/udp-fanout";

    /** The defaults; the daemon from the system property udpfanout.distribution, or from where the build puts it. */
    static DemoOptions defaults() {
        Path distribution = Path.of(System.getProperty(DISTRIBUTION_PROPERTY, DEFAULT_DISTRIBUTION));
        return new DemoOptions(distribution.resolve("bin/udp-fanout"), 3, 30_000, 15_000);
    }

    /** @throws IllegalArgumentException with one line for the user if an argument is not understood */
    static DemoOptions parse(String... arguments) {
        DemoOptions options = defaults();
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value; " + USAGE);
            }
            options = options.with(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private DemoOptions with(String option, String value) {
        return switch (option) {
            case "--daemon" -> new DemoOptions(Path.of(value), pods, datagrams, perSecond);
            case "--pods" -> new DemoOptions(daemon, (int) number(option, value, 64), datagrams, perSecond);
            case "--datagrams" -> new DemoOptions(daemon, pods, number(option, value, 10_000_000), perSecond);
            case "--rate" -> new DemoOptions(daemon, pods, datagrams, number(option, value, 1_000_000));
            default -> throw new IllegalArgumentException("unknown option " + option + "; " + USAGE);
        };
    }

    private static long number(String option, String value, long max) {
        try {
            long number = Long.parseLong(value);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, together with what is out of range.
        }
        throw new IllegalArgumentException(option + ": " + value + " is not in 1.." + max + "; " + USAGE);
    }
}
