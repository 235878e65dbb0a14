package dev.udpfanout.loader.cli;

/** What the process returns. */
final class ExitCode {
    static final int OK = 0;
    /** Something could not be done: missing privileges, a kernel that refuses. */
    static final int FAILED = 1;
    /** The command line or the configuration is wrong; nothing was touched. */
    static final int BAD_INPUT = 2;

    private ExitCode() {}
}
