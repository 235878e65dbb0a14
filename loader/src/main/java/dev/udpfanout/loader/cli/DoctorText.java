package dev.udpfanout.loader.cli;

import static dev.udpfanout.loader.cli.terminal.Printable.printable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.udpfanout.loader.cli.terminal.WordWrap;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** What doctor has found, for people and for programs. */
final class DoctorText {
    private static final String INDENT = " ".repeat(12);
    /** Where findings begin. */
    private static final int FINDING = 34;
    /** Where what they mean begins, and what mends it. */
    private static final int MEANING = 18;

    private DoctorText() {}

    /**
     * One line for what is well. What is not has its meaning and its mend on lines of their own, so that a command can
     * be copied. The listener is named where it differs from the line before.
     *
     * @param columns of the terminal, at whose end lines go on in the next at a word; 0 if there is none
     */
    static String of(List<Diagnosis> found, int columns) {
        WordWrap wrap = new WordWrap(columns);
        StringBuilder text = new StringBuilder();
        String listener = "";
        for (Diagnosis each : found) {
            if (!each.listener().equals(listener) && !each.listener().isEmpty()) {
                text.append("listener ").append(printable(each.listener())).append(":\n");
            } else if (!each.listener().equals(listener)) {
                text.append("node:\n");
            }
            listener = each.listener();
            append(text, each, wrap);
        }
        return text.append(summary(found)).append('\n').toString();
    }

    private static void append(StringBuilder text, Diagnosis each, WordWrap wrap) {
        String result = name(each.result()).replace('_', ' ');
        String start = "%-12s%-22s"
                .formatted(each.result() == Result.PROBLEM ? result.toUpperCase(Locale.ROOT) : result, each.check());
        wrap.append(text, start, FINDING, printable(each.finding()));
        if (!each.meaning().isEmpty()) {
            wrap.append(text, INDENT + "so:   ", MEANING, printable(each.meaning()));
        }
        if (!each.mend().isEmpty()) {
            wrap.append(text, INDENT + "mend: ", MEANING, printable(each.mend()));
        }
    }

    private static String summary(List<Diagnosis> found) {
        long problems =
                found.stream().filter(each -> each.result() == Result.PROBLEM).count();
        long warnings =
                found.stream().filter(each -> each.result() == Result.WARNING).count();
        long fixable = found.stream()
                .filter(each -> each.isBad() && each.fix().isPresent())
                .count();
        if (problems + warnings == 0) {
            long open = found.stream()
                    .filter(each -> each.result() == Result.NOT_CHECKED)
                    .count();
            return open == 0
                    ? "nothing is wrong on this node"
                    : "nothing is wrong as far as it was checked; " + open + " not checked";
        }
        return problems + " problem(s), " + warnings + " warning(s)"
                + (fixable == 0 ? "" : "; --fix mends " + fixable + " of them");
    }

    private static String name(Result result) {
        return result.name().toLowerCase(Locale.ROOT);
    }

    static String json(List<Diagnosis> found) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartArray();
            for (Diagnosis each : found) {
                out.writeStartObject();
                out.writeStringField("listener", each.listener());
                out.writeStringField("check", each.check());
                out.writeStringField("result", name(each.result()));
                out.writeStringField("finding", each.finding());
                out.writeStringField("meaning", each.meaning());
                out.writeStringField("mend", each.mend());
                out.writeStringField("fix", each.fix().map(fix -> fix.does()).orElse(""));
                out.writeEndObject();
            }
            out.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + System.lineSeparator();
    }
}
