package dev.udpfanout.loader.logging;

/** What a line of the log looks like. */
public enum LogFormat {
    /** {@code LEVEL message key=value}, for people. */
    TEXT,
    /** An object of JSON a line, for programs. */
    JSON
}
