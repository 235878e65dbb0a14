package dev.udpfanout.loader.cli;

import java.nio.file.Path;

/** The daemon as it is shipped: {@code bin/udp-fanout} of the distribution that the build has made. */
public final class Distribution {
    private Distribution() {}

    /** The path of the command. */
    public static String command() {
        return Path.of(System.getProperty("udpfanout.distribution"), "bin", "udp-fanout")
                .toString();
    }
}
