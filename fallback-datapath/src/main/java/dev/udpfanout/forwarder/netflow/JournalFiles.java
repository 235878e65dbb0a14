package dev.udpfanout.forwarder.netflow;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of one journal: the same name with growing numbers behind it. */
final class JournalFiles {
    private static final int MAX_MESSAGE_BYTES = 65_535;

    private final Path file;
    private final Pattern name;

    private JournalFiles(Path file) {
        this.file = file;
        this.name = Pattern.compile(Pattern.quote(file.getFileName().toString()) + "\\.(\\d{1,9})");
    }

    /** Makes the folder. */
    static JournalFiles in(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return new JournalFiles(file.toAbsolutePath());
    }

    /** A file that is written to. */
    static final class Writer implements AutoCloseable {
        private final int number;
        private final OutputStream out;
        private long bytes;

        private Writer(int number, OutputStream out) {
            this.number = number;
            this.out = out;
        }

        void write(byte[] entry) throws IOException {
            out.write(entry);
            bytes += entry.length;
        }

        long bytes() {
            return bytes;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** What all files have, the oldest message first. A file ends where an entry is not whole. */
    List<RememberedMessage> read() throws IOException {
        List<RememberedMessage> messages = new ArrayList<>();
        for (int number : numbers()) {
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(Files.newInputStream(path(number))))) {
                for (int length = in.readInt(); length >= 0 && length <= MAX_MESSAGE_BYTES; length = in.readInt()) {
                    long epochMs = in.readLong();
                    byte[] sockaddr = new byte[RememberedMessage.SOCKADDR_BYTES];
                    byte[] message = new byte[length];
                    in.readFully(sockaddr);
                    in.readFully(message);
                    messages.add(new RememberedMessage(epochMs, sockaddr, message));
                }
            } catch (EOFException e) {
                // The end, or the last entry of a process that was killed while it wrote it.
            }
        }
        // Those that another has added may be older than the ones before.
        messages.sort(Comparator.comparingLong(RememberedMessage::epochMs));
        return messages;
    }

    Writer begin() throws IOException {
        List<Integer> numbers = numbers();
        int number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
        return new Writer(
                number, Files.newOutputStream(path(number), StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND));
    }

    void removeEarlier(Writer than) throws IOException {
        for (int number : numbers()) {
            if (number < than.number) {
                Files.deleteIfExists(path(number));
            }
        }
    }

    private Path path(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private List<Integer> numbers() throws IOException {
        try (Stream<Path> all = Files.list(file.getParent())) {
            return all.map(each -> name.matcher(each.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(matcher -> Integer.parseInt(matcher.group(1)))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
