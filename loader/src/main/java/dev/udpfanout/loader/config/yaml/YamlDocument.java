package dev.udpfanout.loader.config.yaml;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads YAML text into {@link YamlNode}s. */
final class YamlDocument {
    /** YAML 1.1, https://yaml.org/type/merge.html */
    private static final String MERGE = "<<";

    private static final YAMLFactory YAML = new YAMLFactory();

    private final Problems problems;
    private final YAMLParser parser;

    private YamlDocument(YAMLParser parser, Problems problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** The document, or {@link YamlNode.Empty} with a problem noted if the text is no YAML, or empty. */
    static YamlNode parse(String text, Problems problems) {
        try (YAMLParser parser = YAML.createParser(text)) {
            if (parser.nextToken() == null) {
                problems.add(1, "", "the file is empty; at least one listener is needed");
                return new YamlNode.Empty(1);
            }
            YamlNode document = new YamlDocument(parser, problems).node("");
            if (parser.nextToken() != null) {
                problems.add(parser.currentTokenLocation().getLineNr(), "", "a second document; only one is allowed");
            }
            return document;
        } catch (JacksonException e) {
            SyntaxError error = SyntaxError.of(e, text);
            problems.add(error.line(), "", "not valid YAML: " + error.message());
            return new YamlNode.Empty(1);
        } catch (IOException e) {
            throw new AssertionError("reading a string does no I/O", e);
        }
    }

    private YamlNode node(String path) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        if (isAlias(line, path)) {
            return new YamlNode.Empty(line);
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(line, path);
            case START_ARRAY -> sequence(line, path);
            case VALUE_STRING -> new YamlNode.Scalar(line, parser.getText(), YamlNode.Scalar.Type.STRING);
            case VALUE_NUMBER_INT -> new YamlNode.Scalar(line, parser.getText(), YamlNode.Scalar.Type.INTEGER);
            case VALUE_NUMBER_FLOAT -> new YamlNode.Scalar(line, parser.getText(), YamlNode.Scalar.Type.DECIMAL);
            case VALUE_TRUE, VALUE_FALSE -> new YamlNode.Scalar(line, parser.getText(), YamlNode.Scalar.Type.BOOLEAN);
            default -> new YamlNode.Empty(line);
        };
    }

    /** The parser gives an alias as a text: the name of its anchor. */
    private boolean isAlias(int line, String path) throws IOException {
        if (!parser.isCurrentAlias()) {
            return false;
        }
        problems.add(line, path, "*" + parser.getText() + ": aliases are not supported; write the value out");
        return true;
    }

    private YamlNode mapping(int line, String path) throws IOException {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        Map<String, Integer> keyLines = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = parser.currentTokenLocation().getLineNr();
            parser.nextToken();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            if (entries.containsKey(key)) {
                problems.add(keyLine, keyPath, "given twice; the first is on line " + keyLines.get(key));
            }
            if (key.equals(MERGE) && !parser.isCurrentAlias()) {
                problems.add(keyLine, keyPath, "merge keys are not supported; write the keys out");
            }
            entries.put(key, node(keyPath));
            keyLines.put(key, keyLine);
        }
        return new YamlNode.Mapping(line, entries, keyLines);
    }

    private YamlNode sequence(int line, String path) throws IOException {
        List<YamlNode> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(node(path + "[" + elements.size() + "]"));
        }
        return new YamlNode.Sequence(line, elements);
    }
}
