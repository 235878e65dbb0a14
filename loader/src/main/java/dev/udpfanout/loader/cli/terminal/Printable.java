package dev.udpfanout.loader.cli.terminal;

import java.util.regex.Pattern;

/** Names and sentences that come from elsewhere: a map in the kernel, a Service, the daemon's page. */
public final class Printable {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private Printable() {}

    /** The text with {@code ?} in place of each control character, which could move the reader's cursor. */
    public static String printable(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }
}
