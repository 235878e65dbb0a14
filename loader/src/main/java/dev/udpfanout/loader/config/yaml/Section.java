package dev.udpfanout.loader.config.yaml;

import dev.udpfanout.loader.config.InvalidConfigException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A mapping of the file while it is read: gives typed values, notes what is wrong with them, and at the end notes the
 * keys that nobody asked for. A value that is wrong reads as its default, so that reading goes on and finds the rest.
 */
public final class Section {
    private final String path;
    private final YamlNode.Mapping mapping;
    private final Problems problems;
    private final Set<String> known = new HashSet<>();

    private Section(String path, YamlNode.Mapping mapping, Problems problems) {
        this.path = path;
        this.mapping = mapping;
        this.problems = problems;
    }

    /**
     * The document as a section; an empty one, with the problem noted, if it is no mapping.
     *
     * @throws InvalidConfigException if the text is no YAML, or empty
     */
    public static Section root(String text, Problems problems) throws InvalidConfigException {
        YamlNode document = YamlDocument.parse(text, problems);
        problems.throwIfAny();
        return of(document, "", problems);
    }

    private static Section of(YamlNode node, String path, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Section(path, mapping, problems);
        }
        if (!(node instanceof YamlNode.Empty)) {
            problems.add(node.line(), path, "expected a mapping, found " + node.kind());
        }
        return new Section(path, new YamlNode.Mapping(node.line(), Map.of(), Map.of()), problems);
    }

    /** The line on which it begins, from 1. */
    public int line() {
        return mapping.line();
    }

    /** Where in the document a key is, for example {@code listeners[0].bind}. */
    public String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The line of a key, or of the section if the key is not there. */
    public int line(String key) {
        return mapping.keyLines().getOrDefault(key, mapping.line());
    }

    /** Notes what is wrong with a key, with its line and path. */
    public void problem(String key, String message) {
        problems.add(line(key), path(key), message);
    }

    /** Whether a key is there, and has a value. */
    public boolean has(String key) {
        return !(value(key) instanceof YamlNode.Empty);
    }

    /** Whether a key has a mapping. */
    public boolean hasMapping(String key) {
        return value(key) instanceof YamlNode.Mapping;
    }

    /** Whether a key has a text, a number or a boolean. */
    public boolean hasText(String key) {
        return value(key) instanceof YamlNode.Scalar;
    }

    /** Whether a key has a list without elements. */
    public boolean isEmptyList(String key) {
        return value(key) instanceof YamlNode.Sequence sequence
                && sequence.elements().isEmpty();
    }

    /** A key's mapping; an empty one if the key is not there. */
    public Section section(String key) {
        return of(value(key), path(key), problems);
    }

    /** The sections of a list; empty if the key is not there. */
    public List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        for (YamlNode element : elements(key)) {
            String elementPath = path(key) + "[" + sections.size() + "]";
            if (element instanceof YamlNode.Empty) {
                problems.add(element.line(), elementPath, "expected a mapping, found nothing");
            }
            sections.add(of(element, elementPath, problems));
        }
        return sections;
    }

    /** A list's elements; none, and a problem if there is something else, where there is no list. */
    private List<YamlNode> elements(String key) {
        YamlNode node = value(key);
        if (node instanceof YamlNode.Empty) {
            return List.of();
        }
        if (!(node instanceof YamlNode.Sequence sequence)) {
            problem(key, "expected a list, found " + node.kind());
            return List.of();
        }
        return sequence.elements();
    }

    /** The text of a scalar; numbers and booleans count as their text. Null, and a problem, if there is none. */
    public String requiredText(String key) {
        if (!has(key)) {
            problem(key, "is missing");
            return null;
        }
        return text(key, null);
    }

    /** As {@link #requiredText}, with a value for a key that is not there, which may be null. */
    public String text(String key, String fallback) {
        YamlNode node = value(key);
        if (node instanceof YamlNode.Empty) {
            return fallback;
        }
        if (!(node instanceof YamlNode.Scalar scalar)) {
            problem(key, "expected text, found " + node.kind());
            return fallback;
        }
        if (scalar.text().isBlank()) {
            problem(key, "is empty");
            return fallback;
        }
        return scalar.text();
    }

    /** True or false. */
    public boolean flag(String key, boolean fallback) {
        YamlNode node = value(key);
        if (node instanceof YamlNode.Empty) {
            return fallback;
        }
        if (node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.BOOLEAN) {
            return Boolean.parseBoolean(scalar.text());
        }
        boolean isQuoted = node.kind().equals("\"true\"") || node.kind().equals("\"false\"");
        problem(
                key,
                isQuoted
                        ? node.kind() + " is a text, because of its quotes; write it without them"
                        : "expected true or false, found " + node.kind());
        return fallback;
    }

    /** A whole number from {@code least} to {@code most}, both included. */
    public int wholeNumber(String key, int fallback, int least, int most) {
        YamlNode node = value(key);
        if (node instanceof YamlNode.Empty) {
            return fallback;
        }
        return wholeNumber(node, path(key), least, most).orElse(fallback);
    }

    /** A list of whole numbers; empty if the key is not there. What is wrong with one is noted, and it is left out. */
    public List<Integer> wholeNumbers(String key, int least, int most) {
        List<Integer> numbers = new ArrayList<>();
        List<YamlNode> elements = elements(key);
        for (int i = 0; i < elements.size(); i++) {
            OptionalInt number = wholeNumber(elements.get(i), path(key) + "[" + i + "]", least, most);
            number.ifPresent(numbers::add);
        }
        return numbers;
    }

    /** What a text stands for. */
    public interface TextParser<T> {
        /** @throws BadTextException if it stands for nothing of the kind */
        T parse(String text) throws BadTextException;
    }

    /** A list of texts; empty if the key is not there. What is wrong with one is noted, and it is left out. */
    public <T> List<T> texts(String key, TextParser<T> parser) {
        List<T> read = new ArrayList<>();
        List<YamlNode> elements = elements(key);
        for (int i = 0; i < elements.size(); i++) {
            YamlNode element = elements.get(i);
            String at = path(key) + "[" + i + "]";
            if (element instanceof YamlNode.Scalar scalar) {
                try {
                    read.add(parser.parse(scalar.text()));
                } catch (BadTextException e) {
                    problems.add(element.line(), at, e.getMessage());
                }
            } else {
                problems.add(element.line(), at, "expected text, found " + element.kind());
            }
        }
        return read;
    }

    private OptionalInt wholeNumber(YamlNode node, String at, int least, int most) {
        if (!(node instanceof YamlNode.Scalar scalar)) {
            problems.add(node.line(), at, "expected a whole number, found " + node.kind());
            return OptionalInt.empty();
        }
        Optional<String> complaint = WholeNumberText.complaint(scalar);
        if (complaint.isPresent()) {
            problems.add(node.line(), at, complaint.get());
            return OptionalInt.empty();
        }
        try {
            int number = Integer.parseInt(scalar.text());
            if (number >= least && number <= most) {
                return OptionalInt.of(number);
            }
        } catch (NumberFormatException e) {
            // Too long for an int: out of range like any other.
        }
        problems.add(node.line(), at, scalar.text() + " is not in " + least + ".." + most);
        return OptionalInt.empty();
    }

    /** A constant of an enum, as its name in lower case. */
    public <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
        String text = text(key, null);
        if (text == null) {
            return fallback;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        String choices = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        problem(key, "\"" + text + "\" is not one of: " + choices);
        return fallback;
    }

    /** To be called when all keys were asked for: notes those that nobody knows. */
    public void refuseUnknownKeys() {
        for (String key : mapping.entries().keySet()) {
            if (!known.contains(key)) {
                problem(
                        key,
                        "unknown key; known here: " + known.stream().sorted().collect(Collectors.joining(", ")));
            }
        }
    }

    private YamlNode value(String key) {
        known.add(key);
        YamlNode node = mapping.entries().get(key);
        return node == null ? new YamlNode.Empty(mapping.line()) : node;
    }
}
