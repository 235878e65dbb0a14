package dev.udpfanout.loader.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.doctor.Diagnosis;
import dev.udpfanout.loader.doctor.Diagnosis.Result;
import dev.udpfanout.loader.doctor.Doctor;
import dev.udpfanout.loader.kubernetes.api.KubernetesClients;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogLevel;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout doctor}: what else on this node, or of its Services, is in the datagrams' way. Changes nothing. */
@Command(
        name = "doctor",
        description = "Checks what else is in the datagrams' way: forwarding, connection tracking,"
                + " the Service. Exits with 1 if something needs repair.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout doctor --config /etc/udp-fanout/config.yaml"},
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The daemon's configuration.")
    private Path config;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        Optional<Config> read =
                ConfigFile.readForAnyMachine(config, spec.commandLine().getErr());
        if (read.isEmpty()) {
            return ExitCode.BAD_INPUT;
        }
        // What cannot be reached is in the answer, in fewer words.
        LogConfigurator.setLevel(LogLevel.ERROR);
        List<Diagnosis> found;
        try (KubernetesClient client = KubernetesClients.connect()) {
            found = new Doctor(Path.of("/proc"), client, NodeIdentity.detect()).examine(read.get());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? json(found) : text(found));
        out.flush();
        boolean isProblem = found.stream().anyMatch(each -> each.result() == Result.PROBLEM);
        return isProblem ? ExitCode.FAILED : ExitCode.OK;
    }

    private static String text(List<Diagnosis> found) {
        StringBuilder text = new StringBuilder();
        for (Diagnosis each : found) {
            String result = name(each.result()).replace('_', ' ');
            text.append("%-12s%-22s%s%n"
                    .formatted(
                            each.result() == Result.PROBLEM ? result.toUpperCase(Locale.ROOT) : result,
                            each.check(),
                            printable(each.finding())));
            if (!each.mend().isEmpty()) {
                text.append("%-34s%s%n".formatted("", printable(each.mend())));
            }
        }
        return text.toString();
    }

    private static String name(Result result) {
        return result.name().toLowerCase(Locale.ROOT);
    }

    /** What comes from elsewhere must not move the reader's cursor. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String json(List<Diagnosis> found) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartArray();
            for (Diagnosis each : found) {
                out.writeStartObject();
                out.writeStringField("check", each.check());
                out.writeStringField("result", name(each.result()));
                out.writeStringField("finding", each.finding());
                out.writeStringField("mend", each.mend());
                out.writeEndObject();
            }
            out.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + System.lineSeparator();
    }
}
