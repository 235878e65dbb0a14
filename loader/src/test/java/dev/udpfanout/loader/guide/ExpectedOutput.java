package dev.udpfanout.loader.guide;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a page says that a command prints, all of it. {@code <name>} stands for something without spaces,
 * {@code <names…>} for anything in a line, {@code <about 100>} for a number that differs by no more than a tolerance;
 * {@code …} for anything in a line, or for any lines where it is the whole line. How many spaces there are does not
 * matter.
 */
final class ExpectedOutput {
    private static final Pattern VARIABLE = Pattern.compile("<about (\\d+)>|<([a-z][a-z ]*)(…?)>|…");

    private final List<Long> numbers = new ArrayList<>();
    private final Pattern pattern;
    private final long tolerance;

    ExpectedOutput(String text, long tolerance) {
        this.tolerance = tolerance;
        this.pattern = Pattern.compile(
                text.isBlank() ? "" : text.lines().map(this::line).collect(Collectors.joining()));
    }

    private String line(String line) {
        String normal = normal(line);
        if (normal.equals("…")) {
            return "(?:.*\n)*?";
        }
        StringBuilder regex = new StringBuilder();
        int end = 0;
        Matcher variable = VARIABLE.matcher(normal);
        while (variable.find()) {
            regex.append(Pattern.quote(normal.substring(end, variable.start()))).append(regex(variable));
            end = variable.end();
        }
        return regex.append(Pattern.quote(normal.substring(end))).append("\n").toString();
    }

    private String regex(MatchResult variable) {
        if (variable.group(1) != null) {
            numbers.add(Long.valueOf(variable.group(1)));
            return "(\\d+)(?:\\.0)?";
        }
        boolean anything = variable.group(2) == null || !variable.group(3).isEmpty();
        return anything ? ".*" : "\\S+?";
    }

    /** Whether it is this that was printed. */
    boolean matches(String output) {
        String normal = output.lines().map(line -> normal(line) + "\n").collect(Collectors.joining());
        Matcher matcher = pattern.matcher(normal);
        if (!matcher.matches()) {
            return false;
        }
        for (int i = 0; i < numbers.size(); i++) {
            if (Math.abs(Long.parseLong(matcher.group(i + 1)) - numbers.get(i)) > tolerance) {
                return false;
            }
        }
        return true;
    }

    private static String normal(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }
}
