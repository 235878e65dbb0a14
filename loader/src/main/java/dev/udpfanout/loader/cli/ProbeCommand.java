package dev.udpfanout.loader.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.bindings.terminal.TerminalSize;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.probe.Finding;
import dev.udpfanout.loader.datapath.probe.KernelProbe;
import dev.udpfanout.loader.datapath.probe.ProbeReport;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogLevel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code udp-fanout probe}: what this kernel and this process can do, and the mode that follows. Changes nothing. */
@Command(
        name = "probe",
        description =
                "Tries what each datapath needs, leaves nothing behind, and prints the result and the mode that follows.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout probe --json"},
        mixinStandardHelpOptions = true)
final class ProbeCommand implements Callable<Integer> {
    private static final int STANDARD_OUTPUT = 1;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Mixin
    private PinDirectory pins;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        // What libbpf says of each refusal is in the table, in fewer words.
        LogConfigurator.setLevel(LogLevel.ERROR);
        ProbeReport report = KernelProbe.run(KernelProgram.builtIn(), pins.directory);
        PrintWriter out = spec.commandLine().getOut();
        int columns =
                TerminalSize.of(STANDARD_OUTPUT).map(TerminalSize::columns).orElse(0);
        out.print(json ? json(report) : ProbeText.of(report, columns));
        out.flush();
        return ExitCode.OK;
    }

    private static String json(ProbeReport report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("mode", report.mode());
            out.writeStringField("reason", report.kernelRefusal().orElse(""));
            out.writeArrayFieldStart("capabilities");
            for (Finding finding : report.findings()) {
                out.writeStartObject();
                out.writeStringField("capability", finding.capability());
                out.writeStringField("present", finding.answer());
                out.writeStringField("needed_by", finding.neededBy());
                out.writeStringField("why_not", finding.why());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + System.lineSeparator();
    }
}
