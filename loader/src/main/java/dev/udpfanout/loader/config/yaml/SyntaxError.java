package dev.udpfanout.loader.config.yaml;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Where the text stops being YAML, and why. Jackson gives the place where its last token began, and the first line of
 * what SnakeYAML says, which is what it was doing; the place and the cause are in SnakeYAML's own exception.
 *
 * @param line from 1
 * @param message the column, from 1, and the cause
 */
record SyntaxError(int line, String message) {
    private static final String FIELD_NAME = "Expected a field name";
    private static final Pattern FLOW_END = Pattern.compile("expected ',' or '([\\]}])', but got (.*)");

    /** @param text what was parsed */
    static SyntaxError of(JacksonException failure, String text) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
                return marked(marked);
            }
            if (each instanceof ReaderException unreadable) {
                return at(
                        text,
                        unreadable.getPosition(),
                        "the character U+%04X is not allowed in YAML".formatted(unreadable.getCodePoint()));
            }
        }
        JsonLocation location = failure.getLocation();
        String said = failure.getOriginalMessage();
        String cause = said.startsWith(FIELD_NAME)
                ? "a key must be one word or a text, not a list or a mapping"
                : said.strip().lines().findFirst().orElse("syntax error");
        return location == null
                ? new SyntaxError(1, cause)
                : new SyntaxError(location.getLineNr(), "column " + location.getColumnNr() + ": " + cause);
    }

    private static SyntaxError marked(MarkedYAMLException failure) {
        Mark mark = failure.getProblemMark();
        Mark begin = failure.getContextMark();
        String context = failure.getContext();
        boolean isElsewhere = begin != null && context != null && begin.getLine() != mark.getLine();
        String where = isElsewhere ? ", " + context + " that begins on line " + (begin.getLine() + 1) : "";
        return new SyntaxError(
                mark.getLine() + 1, "column " + (mark.getColumn() + 1) + ": " + cause(failure.getProblem()) + where);
    }

    /** What people do most often gets the remedy. */
    private static String cause(String problem) {
        if (problem.contains("(TAB)")) {
            return "a tab cannot stand here; indent with spaces";
        }
        if (problem.startsWith("mapping values are not allowed")) {
            return "\": \" cannot stand here; mind the indentation, leave a space behind each \":\", or put the text in quotes";
        }
        if (problem.startsWith("could not find expected ':'")) {
            return "a key without \":\"";
        }
        if (problem.contains("that cannot start any token")) {
            return problem + "; put the text in quotes";
        }
        if (problem.startsWith("expected <block end>")) {
            return problem.contains("'<block ") || problem.contains("'-'")
                    ? "it is indented like none of the lines above; indent what belongs together alike"
                    : "the value has ended before; put the whole of it in quotes, as in \"[2001:db8::1]:5514\"";
        }
        return FLOW_END.matcher(problem).replaceFirst(SyntaxError::flowEnd);
    }

    private static String flowEnd(MatchResult expected) {
        String bracket = expected.group(1);
        return Matcher.quoteReplacement(
                expected.group(2).contains("<stream end>")
                        ? "\"%s\" is missing".formatted(bracket)
                        : "\",\" or \"%s\" is missing here; a value with brackets goes into quotes, as in \"[2001:db8::1]:5514\""
                                .formatted(bracket));
    }

    private static SyntaxError at(String text, int position, String cause) {
        String before = text.substring(0, Math.min(position, text.length()));
        int line = 1 + (int) before.chars().filter(each -> each == '\n').count();
        int column = before.length() - before.lastIndexOf('\n');
        return new SyntaxError(line, "column " + column + ": " + cause);
    }
}
