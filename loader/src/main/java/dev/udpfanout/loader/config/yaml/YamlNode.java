package dev.udpfanout.loader.config.yaml;

import java.util.List;
import java.util.Map;

/** A YAML document with the line of each node: what Jackson's object binding would throw away. */
sealed interface YamlNode {
    /** 1 for the first line of the file. */
    int line();

    /** What an operator would call it, with its article, for "expected a number, found a list". */
    String kind();

    /**
     * Key to value; in the order of the file.
     *
     * @param keyLines the line of each key
     */
    record Mapping(int line, Map<String, YamlNode> entries, Map<String, Integer> keyLines) implements YamlNode {
        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A list. */
    record Sequence(int line, List<YamlNode> elements) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * Text, a number or a boolean.
     *
     * @param type which of them YAML's core schema sees in it
     */
    record Scalar(int line, String text, Type type) implements YamlNode {
        enum Type {
            STRING,
            INTEGER,
            DECIMAL,
            BOOLEAN
        }

        @Override
        public String kind() {
            return switch (type) {
                case STRING -> "\"" + text + "\"";
                case INTEGER, DECIMAL, BOOLEAN -> text;
            };
        }
    }

    /** Nothing, or {@code null}. */
    record Empty(int line) implements YamlNode {
        @Override
        public String kind() {
            return "nothing";
        }
    }
}
