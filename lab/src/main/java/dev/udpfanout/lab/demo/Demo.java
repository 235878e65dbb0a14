package dev.udpfanout.lab.demo;

import dev.udpfanout.lab.RootPrivilege;
import java.nio.file.Files;

/**
 * {@code make demo}: builds a small cluster's network on this machine, shows how kube-proxy spreads UDP, starts the
 * real daemon and shows how udp-fanout does. Exits with 0 if nothing was lost or changed and each pod got its share, 1
 * if not, 2 for arguments that it does not understand.
 */
public final class Demo {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private static volatile boolean ending;

    private Demo() {}

    /** Runs the demo; see {@code --help}. */
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "demo-ending"));
        System.exit(exitCode(arguments));
    }

    private static int exitCode(String... arguments) {
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            System.out.println(DemoOptions.USAGE);
            return 0;
        }
        try {
            DemoOptions options = DemoOptions.parse(arguments);
            RootPrivilege.require();
            if (!Files.isExecutable(options.daemon())) {
                return failed(
                        "no daemon at " + options.daemon() + ": run \"make build\" first, or name it by --daemon");
            }
            Verdict verdict = new DemoRun(options, System.out).run();
            System.out.println(verdict.line());
            return verdict.passed() ? 0 : EXIT_FAILED;
        } catch (IllegalArgumentException e) {
            System.err.println("demo: " + e.getMessage());
            return EXIT_USAGE;
        } catch (RuntimeException e) {
            return failed(firstLine(e));
        }
    }

    private static int failed(String reason) {
        // After Ctrl-C the lab goes away under the demo's feet: what that breaks is no news.
        if (!ending) {
            System.err.println("demo: " + reason);
        }
        return EXIT_FAILED;
    }

    private static String firstLine(RuntimeException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.lines().findFirst().orElse(e.toString());
    }
}
