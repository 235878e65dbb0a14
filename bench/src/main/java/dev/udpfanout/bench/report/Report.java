package dev.udpfanout.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.udpfanout.bench.result.Results;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Writes what a run has come to, in the forms that people and programs read. */
public final class Report {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Report() {}

    /** Writes results.json, index.html and tables.md into a folder, which is made if need be. */
    public static void write(Results results, Path directory) {
        try {
            Files.createDirectories(directory);
            JSON.writeValue(directory.resolve("results.json").toFile(), results);
            Files.writeString(directory.resolve("index.html"), HtmlReport.of(results));
            Files.writeString(directory.resolve("tables.md"), markdown(results));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a results.json. */
    public static Results read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }

    /** The tables for a terminal. */
    public static String text(Results results) {
        return Tables.of(results).stream().map(Table::asText).collect(Collectors.joining("\n"));
    }

    private static String markdown(Results results) {
        return Tables.of(results).stream()
                .map(table -> "**" + table.title() + "**\n\n" + table.asMarkdown())
                .collect(Collectors.joining("\n"));
    }
}
