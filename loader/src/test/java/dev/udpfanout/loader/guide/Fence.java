package dev.udpfanout.loader.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A fenced block of a Markdown page: CommonMark 0.31, section 4.5, with backticks.
 *
 * @param file the page
 * @param line where it begins, from 1
 * @param words of its info string: the language first, then what this project says about the block
 * @param text what is between the fences, less the indentation of the opening one
 */
record Fence(Path file, int line, List<String> words, String text) {
    private static final String MARK = "```";

    /** All blocks of a page, in order. */
    static List<Fence> in(Path file) throws IOException {
        List<Fence> fences = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        Iterator<String> rest = lines.iterator();
        for (int number = 1; rest.hasNext(); number++) {
            String opening = rest.next();
            if (opening.strip().startsWith(MARK)) {
                int begin = number;
                int indent = opening.indexOf(MARK);
                List<String> content = new ArrayList<>();
                for (String line = next(rest, file, begin);
                        !line.strip().equals(MARK);
                        line = next(rest, file, begin)) {
                    content.add(line.substring(
                            Math.min(indent, line.length() - line.stripLeading().length())));
                }
                number += content.size() + 1;
                String info = opening.strip().substring(MARK.length()).strip();
                fences.add(new Fence(file, begin, List.of(info.split(" +")), String.join("\n", content)));
            }
        }
        return fences;
    }

    private static String next(Iterator<String> lines, Path file, int begin) {
        if (!lines.hasNext()) {
            throw new IllegalStateException(file + ":" + begin + ": the block does not end");
        }
        return lines.next();
    }

    boolean isCommand() {
        return words.getFirst().equals("sh");
    }

    boolean isExpectation() {
        return words.equals(List.of("text", "expect"));
    }

    boolean says(String word) {
        return words.contains(word);
    }

    @Override
    public String toString() {
        return file.getFileName() + ":" + line + " (" + String.join(" ", words) + ")";
    }
}
