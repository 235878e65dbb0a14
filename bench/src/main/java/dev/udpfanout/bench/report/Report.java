package dev.udpfanout.bench.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
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

    /**
     * Reads a results.json.
     *
     * @throws IOException that names the file if it cannot be read, or was not written by this version of the bench
     */
    public static Results read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    "there is no file \"" + file + "\"; make bench writes bench/target/report/results.json");
        }
        try {
            return JSON.readerFor(Results.class)
                    .with(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .readValue(file.toFile());
        } catch (JacksonException e) {
            throw new IOException(
                    file + " is not a results.json of this version of the bench: " + e.getOriginalMessage(), e);
        }
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
