package dev.udpfanout.loader.soak;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was measured at one moment of a run: a line of its file. Counts are those since the beginning of the run.
 *
 * @param seconds since the beginning
 * @param sent datagrams
 * @param lost datagrams of those sent until the sample before: later ones may be under way
 * @param overflowed datagrams that the machine lost because it was too slow, by the kernel's counters, at most
 * @param duplicates datagrams that arrived again
 * @param residentKib the daemon's resident set
 * @param anonymousKib the part of it that is no file's: heap, stacks, native memory
 * @param heapUsedBytes objects in the daemon's heap, those that nobody needs any more included
 * @param threads of the daemon
 * @param descriptors open files of the daemon
 * @param cpuMillis CPU time that the daemon's process has taken since its own start
 * @param maps files in its folder of pinned maps
 * @param mapEntries entries of those maps that are no arrays
 * @param mapBytes what the kernel says that the maps which the daemon has open take
 * @param loadHundredths the machine's load average over a minute, in hundredths
 */
record Sample(
        long seconds,
        long sent,
        long lost,
        long overflowed,
        long duplicates,
        long residentKib,
        long anonymousKib,
        long heapUsedBytes,
        long threads,
        long descriptors,
        long cpuMillis,
        long maps,
        long mapEntries,
        long mapBytes,
        long loadHundredths) {
    private static final String SEPARATOR = ",";
    private static final RecordComponent[] COLUMNS = Sample.class.getRecordComponents();

    /** The names of the columns, as a line. */
    static String header() {
        return Stream.of(COLUMNS).map(RecordComponent::getName).collect(Collectors.joining(SEPARATOR));
    }

    /** As a line. */
    String line() {
        List<String> values = new ArrayList<>();
        for (RecordComponent column : COLUMNS) {
            try {
                values.add(column.getAccessor().invoke(this).toString());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return String.join(SEPARATOR, values);
    }

    /**
     * All of a file, in its order; a last line that is not whole, because the run was killed while it was written, is
     * left out.
     *
     * @throws IllegalArgumentException if it is no such file; names the line
     */
    static List<Sample> read(Path file) throws IOException {
        String text = Files.readString(file);
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(header())) {
            throw new IllegalArgumentException(file + ": line 1 is not \"" + header() + "\"");
        }
        List<Sample> samples = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            try {
                samples.add(parse(lines.get(i)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        file + ": line " + (i + 1) + " is not " + COLUMNS.length + " whole numbers: " + lines.get(i));
            }
        }
        return List.copyOf(samples);
    }

    private static Sample parse(String line) {
        Object[] values =
                Arrays.stream(line.split(SEPARATOR, -1)).map(Long::valueOf).toArray();
        Class<?>[] types = Arrays.stream(COLUMNS).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return Sample.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
