package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.terminal.TerminalSize;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.daemon.NodeLock;
import dev.udpfanout.loader.doctor.Doctor;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.diagnosis.Fix;
import dev.udpfanout.loader.kubernetes.api.KubernetesClients;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogLevel;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code udp-fanout doctor}: walks a datagram's way on this node, and says what keeps it from arriving. */
@Command(
        name = "doctor",
        description = "Walks a datagram's way on this node and checks each step: the daemon, the Service, kube-proxy,"
                + " routes, programs, packet filters, receivers. It names causes, not what follows from them. It sends"
                + " each receiver an echo request and an empty datagram, and each listener up to four test datagrams,"
                + " which receivers get. It changes nothing, unless --fix is given.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is wrong", "1:there are warnings", "2:there are problems, or bad input"},
        footerHeading = "%nExample:%n",
        footer = {
            "  udp-fanout doctor --config /etc/udp-fanout/config.yaml --listener syslog",
            "  udp-fanout doctor --config /etc/udp-fanout/config.yaml --service logging/dns"
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final int WARNINGS = 1;
    private static final int PROBLEMS = 2;
    private static final int STANDARD_OUTPUT = 1;
    /** Names of RFC 1123, as Kubernetes has them. */
    private static final Pattern SERVICE = Pattern.compile("[a-z0-9]([-a-z0-9]*)/[a-z0-9]([-a-z0-9]*)");

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The daemon's configuration.")
    private Path config;

    @Option(names = "--listener", paramLabel = "NAME", description = "Look at this listener only; may be repeated.")
    private Set<String> listeners = Set.of();

    @Option(
            names = "--service",
            paramLabel = "NAMESPACE/NAME",
            description = "Look at this Service, which is served by its annotations, and at its listeners only.")
    private String service;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Option(names = "--fix", description = "Do what is safe to do, after asking; then check again.")
    private boolean fix;

    @Option(names = "--yes", description = "With --fix: do not ask.")
    private boolean yes;

    @Mixin
    private PinDirectory pins;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<Config> read = ConfigFile.readForAnyMachine(config, err);
        if (read.isEmpty()) {
            return ExitCode.BAD_INPUT;
        }
        Set<String> known =
                read.get().listeners().stream().map(ListenerConfig::name).collect(Collectors.toSet());
        if (!known.containsAll(listeners)) {
            err.println("udp-fanout: --listener: " + config + " has no such listener; it has "
                    + known.stream().sorted().collect(Collectors.joining(", ")));
            err.flush();
            return ExitCode.BAD_INPUT;
        }
        if (service != null
                && (!listeners.isEmpty() || !SERVICE.matcher(service).matches())) {
            err.println("udp-fanout: --service: "
                    + (listeners.isEmpty()
                            ? "\"" + service.replaceAll("\\p{Cntrl}", "?") + "\" is not NAMESPACE/NAME"
                            : "does not go together with --listener"));
            err.flush();
            return ExitCode.BAD_INPUT;
        }
        // What cannot be reached is in the answer, in fewer words.
        LogConfigurator.setLevel(LogLevel.ERROR);
        PrintWriter out = spec.commandLine().getOut();
        List<Diagnosis> found = examine(read.get());
        if (fix && mend(found, err)) {
            found = examine(read.get());
        }
        int columns =
                TerminalSize.of(STANDARD_OUTPUT).map(TerminalSize::columns).orElse(0);
        out.print(json ? DoctorText.json(found) : DoctorText.of(found, columns));
        out.flush();
        return exitCode(found);
    }

    private List<Diagnosis> examine(Config read) {
        try (KubernetesClient client = KubernetesClients.connect()) {
            Doctor.Node node = new Doctor.Node(
                    Path.of("/proc"),
                    pins.directory,
                    client,
                    NodeIdentity.detect(),
                    NodeLock.holder(),
                    UdpFanout.VERSION);
            Doctor doctor = new Doctor(node);
            return service == null ? doctor.examine(read, listeners) : doctor.examineService(read, serviceName());
        }
    }

    private ServiceName serviceName() {
        String[] parts = service.split("/");
        return new ServiceName(parts[0], parts[1]);
    }

    /** What will be done is said first. Returns whether anything was done. */
    private boolean mend(List<Diagnosis> found, PrintWriter err) {
        List<Fix> fixes = found.stream()
                .filter(Diagnosis::isBad)
                .flatMap(each -> each.fix().stream())
                .toList();
        if (fixes.isEmpty()) {
            err.println("--fix: there is nothing that doctor mends by itself");
            err.flush();
            return false;
        }
        err.println("--fix will:");
        fixes.forEach(each -> err.println("  " + each.does()));
        err.flush();
        if (!yes && !isAgreed(err)) {
            return false;
        }
        for (Fix each : fixes) {
            try {
                each.action().run();
                err.println("done: " + each.does());
            } catch (RuntimeException e) {
                err.println("failed to " + each.does() + ": " + e.getMessage());
            }
        }
        err.flush();
        return true;
    }

    private static boolean isAgreed(PrintWriter err) {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            err.println("nothing was done: there is no terminal to ask on; --yes does it without asking");
            err.flush();
            return false;
        }
        String answer = console.readLine("Do it? [y/N] ");
        return answer != null
                && answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y");
    }

    private static int exitCode(List<Diagnosis> found) {
        Result worst =
                found.stream().map(Diagnosis::result).max(Result::compareTo).orElse(Result.OK);
        return switch (worst) {
            case OK, NOT_CHECKED -> ExitCode.OK;
            case WARNING -> WARNINGS;
            case PROBLEM -> PROBLEMS;
        };
    }
}
