package dev.udpfanout.loader.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A mapping of the file while it is read: gives typed values, notes what is wrong with them, and at the end notes the keys
 * that nobody asked for. A value that is wrong reads as its default, so that reading goes on and finds the rest.
 */
final class Section {
    private final String path;
    private final YamlNode.Mapping mapping;
    private final Problems problems;
    private final Set<String> known = new HashSet<>();

    private Section(String path, YamlNode.Mapping mapping, Problems problems) {
        this.path = path;
        this.mapping = mapping;
        this.problems = problems;
    }

    static Section of(YamlNode node, String path, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Section(path, mapping, problems);
        }
        if (!(node instanceof YamlNode.Empty)) {
            problems.add(node.line(), path, "expected a mapping, found " + node.kind());
        }
        return new Section(path, new YamlNode.Mapping(node.line(), Map.of(), Map.of()), problems);
    }

    int line() {
        return mapping.line();
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The line of a key, or of the section if the key is not there. */
    int line(String key) {
        return mapping.keyLines().getOrDefault(key, mapping.line());
    }

    void problem(String key, String message) {
        problems.add(line(key), path(key), message);
    }

    boolean has(String key) {
        return !(value(key) instanceof YamlNode.Empty);
    }

    boolean isEmptyList(String key) {
        return value(key) instanceof YamlNode.Sequence sequence
                && sequence.elements().isEmpty();
    }

    Section section(String key) {
        return of(value(key), path(key), problems);
    }

    /** The sections of a list; empty if the key is not there. */
    List<Section> sections(String key) {
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
    String requiredText(String key) {
        if (!has(key)) {
            problem(key, "is missing");
            return null;
        }
        return text(key, null);
    }

    String text(String key, String fallback) {
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

    boolean flag(String key, boolean fallback) {
        YamlNode node = value(key);
        if (node instanceof YamlNode.Empty) {
            return fallback;
        }
        if (node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.BOOLEAN) {
            return Boolean.parseBoolean(scalar.text());
        }
        problem(key, "expected true or false, found " + node.kind());
        return fallback;
    }

    int wholeNumber(String key, int fallback, int least, int most) {
        YamlNode node = value(key);
        if (node instanceof YamlNode.Empty) {
            return fallback;
        }
        return wholeNumber(node, path(key), least, most).orElse(fallback);
    }

    /** A list of whole numbers; empty if the key is not there. What is wrong with one is noted, and it is left out. */
    List<Integer> wholeNumbers(String key, int least, int most) {
        List<Integer> numbers = new ArrayList<>();
        List<YamlNode> elements = elements(key);
        for (int i = 0; i < elements.size(); i++) {
            OptionalInt number = wholeNumber(elements.get(i), path(key) + "[" + i + "]", least, most);
            number.ifPresent(numbers::add);
        }
        return numbers;
    }

    /** What a text stands for. */
    interface TextParser<T> {
        T parse(String text) throws SocketAddressText.BadAddressException;
    }

    /** A list of texts; empty if the key is not there. What is wrong with one is noted, and it is left out. */
    <T> List<T> texts(String key, TextParser<T> parser) {
        List<T> read = new ArrayList<>();
        List<YamlNode> elements = elements(key);
        for (int i = 0; i < elements.size(); i++) {
            YamlNode element = elements.get(i);
            String at = path(key) + "[" + i + "]";
            if (element instanceof YamlNode.Scalar scalar) {
                try {
                    read.add(parser.parse(scalar.text()));
                } catch (SocketAddressText.BadAddressException e) {
                    problems.add(element.line(), at, e.getMessage());
                }
            } else {
                problems.add(element.line(), at, "expected text, found " + element.kind());
            }
        }
        return read;
    }

    private OptionalInt wholeNumber(YamlNode node, String at, int least, int most) {
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.type() != YamlNode.Scalar.Type.INTEGER) {
            problems.add(node.line(), at, "expected a whole number, found " + node.kind());
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

    <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
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
    void refuseUnknownKeys() {
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
