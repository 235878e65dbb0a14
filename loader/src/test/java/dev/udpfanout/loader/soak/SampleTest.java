package dev.udpfanout.loader.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed run has written is enough for its chart. */
@Tag("unit")
class SampleTest {
    @TempDir
    private Path folder;

    @Test
    void shouldReadWhatWasWrittenWhenTheRunWasKilledInTheMiddleOfALine() throws IOException {
        List<Sample> samples = Samples.steady(3);
        SoakReport report = new SoakReport(folder);
        report.begin();
        for (Sample sample : samples) {
            report.append(sample);
        }
        Path file = folder.resolve("samples.csv");
        Files.writeString(file, Files.readString(file) + "40,8000");
        assertEquals(samples, Sample.read(file));
        assertTrue(report.write(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8)));
        assertTrue(Files.exists(folder.resolve("soak.svg")));
    }

    @Test
    void shouldNameTheLineWhenItIsNotOfNumbers() throws IOException {
        Path file = folder.resolve("samples.csv");
        Files.writeString(file, Sample.header() + "\n1,2,many\n");
        String message = assertThrows(IllegalArgumentException.class, () -> Sample.read(file))
                .getMessage();
        assertTrue(message.contains("line 2") && message.contains("15 whole numbers"), message);
    }

    @Test
    void shouldRefuseAFileOfOtherColumns() throws IOException {
        Path file = folder.resolve("samples.csv");
        Files.writeString(file, "seconds,sent\n1,2\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Sample.read(file))
                .getMessage()
                .contains("line 1"));
    }
}
