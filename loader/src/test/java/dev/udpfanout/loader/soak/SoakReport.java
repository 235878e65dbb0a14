package dev.udpfanout.loader.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** The files of a run: {@code samples.csv}, a line as it comes, and {@code soak.svg}, drawn of it. */
final class SoakReport {
    private final Path folder;
    private final Path samples;

    SoakReport(Path folder) {
        this.folder = folder;
        this.samples = folder.resolve("samples.csv");
    }

    /** Begins the file of the samples anew. */
    void begin() throws IOException {
        Files.writeString(samples, Sample.header() + "\n");
    }

    /** Adds one. */
    void append(Sample sample) throws IOException {
        Files.writeString(samples, sample.line() + "\n", StandardOpenOption.APPEND);
    }

    /** Draws those so far. */
    void draw() throws IOException {
        List<Sample> all = Sample.read(samples);
        if (all.size() < 2) {
            return;
        }
        Path next = folder.resolve("soak.svg.next");
        Files.writeString(next, SoakChart.svg(all));
        Files.move(next, folder.resolve("soak.svg"), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Draws the samples so far, prints their figures and whether anything grows without bound.
     *
     * @return false if something does
     */
    boolean write(PrintStream out) throws IOException {
        List<Sample> all = Sample.read(samples);
        if (all.size() < 2) {
            out.println("no figures: fewer than two samples in " + samples);
            return true;
        }
        draw();
        out.println();
        out.print(SoakTable.of(all));
        Optional<List<Growth>> judged = Growth.judge(all);
        if (judged.isEmpty()) {
            out.println("growth is not judged: the run is shorter than " + Growth.MIN_SECONDS / 60 + " minutes");
            return true;
        }
        List<Growth> unbounded =
                judged.orElseThrow().stream().filter(Growth::isUnbounded).toList();
        unbounded.forEach(growth -> out.println("FAIL: grows: " + growth.text()));
        if (unbounded.isEmpty()) {
            out.println("nothing grows without bound");
        }
        return unbounded.isEmpty();
    }
}
