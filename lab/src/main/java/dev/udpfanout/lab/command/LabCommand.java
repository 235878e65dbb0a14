package dev.udpfanout.lab.command;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.RootPrivilege;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** A command that tries the real daemon in networks of its own and ends with a verdict. */
public final class LabCommand {
    /** All was as it should be. */
    public static final int PASSED = 0;

    /** Something was not, or the command broke. */
    public static final int FAILED = 1;

    /** The arguments were not understood. */
    public static final int BAD_USAGE = 2;

    private static volatile boolean ending;

    private final String name;
    private final String usage;

    /**
     * @param name begins each line about what is wrong
     * @param usage for {@code --help}
     */
    public LabCommand(String name, String usage) {
        this.name = name;
        this.usage = usage;
    }

    /** What a command does once its arguments are understood. */
    public interface Work {
        /** The distribution's {@code bin/udp-fanout}. */
        Path daemon();

        /** Whether all was as it should be. */
        boolean run() throws IOException;
    }

    /** To be called first in {@code main}: notices Ctrl-C before what it breaks is reported. */
    public static void watchForTheEnd() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "lab-ending"));
    }

    /** Whether the process ends: the lab goes away under everybody's feet, and what that breaks is no news. */
    public static boolean isEnding() {
        return ending;
    }

    /**
     * Runs it, as root, in the repository's top folder.
     *
     * @param parse throws IllegalArgumentException, with one line for the user, for what it does not understand
     * @return the exit code
     */
    public int run(PrintStream out, String[] arguments, Function<String[], Work> parse) {
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            out.println(usage);
            return PASSED;
        }
        try {
            Work work = parse.apply(arguments);
            RootPrivilege.require();
            if (!Files.isExecutable(work.daemon())) {
                throw new IllegalArgumentException(
                        "no daemon at " + work.daemon() + ": run \"make build\" first, or name it by --daemon");
            }
            Bpffs.ensure();
            return work.run() ? PASSED : FAILED;
        } catch (IllegalArgumentException e) {
            System.err.println(name + ": " + e.getMessage());
            return BAD_USAGE;
        } catch (IOException | RuntimeException e) {
            if (!isEnding()) {
                e.printStackTrace();
            }
            return FAILED;
        }
    }
}
