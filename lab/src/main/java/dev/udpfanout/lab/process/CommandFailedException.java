package dev.udpfanout.lab.process;

import java.util.List;

/** A command that could not be started, exited with something other than 0, or ran into its time limit. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The value of {@link #exitCode()} for a command that has none: not started, or killed at its time limit. */
    public static final int NO_EXIT_CODE = -1;

    private final int exitCode;

    /**
     * @param argv the command with its arguments
     * @param exitCode its exit code, or {@link #NO_EXIT_CODE}
     * @param reason what went wrong, as a rule the command's standard error
     */
    public CommandFailedException(List<String> argv, int exitCode, String reason) {
        super(String.join(" ", argv)
                + (exitCode == NO_EXIT_CODE ? ": " : ": exit code " + exitCode + ": ")
                + (reason.isBlank() ? "(nothing on standard error)" : reason.strip()));
        this.exitCode = exitCode;
    }

    /** The command's exit code, or {@link #NO_EXIT_CODE}. */
    public int exitCode() {
        return exitCode;
    }
}
