package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** nfacctd with its print plugin: Debian's package pmacct. Source: pmacct's CONFIG-KEYS. */
final class Nfacctd implements Collector {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Source port, destination port, packets, flows, bytes: one record is one flow. */
    private static final Pattern LINE = Pattern.compile("(\\d+),(\\d+),\\d+,(\\d+),\\d+");

    private static final int MAX_REMARKS = 5;

    /**
     * Files of these names. It prints in one child at its end, and not each second: two children at a time mix their
     * lines, in a pipe and in a file, which pmacct unlocks before all is written.
     */
    private static final String RECORDS = "records-";

    /**
     * What its core hands to the plugin at a time, some thousand records. By default it is one record, and then the
     * plugin at times takes a record twice: if it has read it before the core looks whether it sleeps, it is woken once
     * too often, finds nothing new, and goes back to what was written last (plugin_hooks.c, print_plugin.c of 1.7.7;
     * with {@code debug} it says "Missing data detected"). A plugin sleeps long before so much has come.
     */
    private static final int BUFFER_BYTES = 1_000_000;

    private static final int RING_BYTES = 16 * BUFFER_BYTES;

    private final Path directory;
    private final Path log;
    private final LabProcess process;

    /** @param directory an empty folder of its own */
    Nfacctd(LabNamespace pod, int port, Path directory) {
        this(pod, port, directory, "");
    }

    /** @param further lines of its configuration */
    Nfacctd(LabNamespace pod, int port, Path directory, String further) {
        this.directory = directory;
        this.log = directory.resolve("log");
        try {
            Path config = Files.writeString(directory.resolve("nfacctd.conf"), """
                    daemonize: false
                    nfacctd_ip: ::
                    nfacctd_port: %d
                    nfacctd_pipe_size: 4000000
                    plugins: print
                    plugin_pipe_size: %d
                    plugin_buffer_size: %d
                    aggregate: src_port, dst_port, flows
                    print_output: csv
                    print_refresh_time: 300
                    print_output_file: %s%%s
                    print_output_file_append: true
                    print_output_lock_file: %s
                    print_cache_entries: 32771
                    logfile: %s
                    %s
                    """.formatted(
                            port,
                            RING_BYTES,
                            BUFFER_BYTES,
                            directory.resolve(RECORDS),
                            directory.resolve("lock"),
                            log,
                            further));
            this.process = pod.start("nfacctd", "-f", config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Path file, Decoded decoded) throws IOException {
        for (String line : Files.readAllLines(file)) {
            Matcher record = LINE.matcher(line);
            if (record.matches()) {
                int number = FlowNumbers.ofPorts(Integer.parseInt(record.group(1)), Integer.parseInt(record.group(2)));
                decoded.add(number, Integer.parseInt(record.group(3)));
            }
        }
    }

    @Override
    public Kind kind() {
        return Kind.NFACCTD;
    }

    /** It prints what it still has when it is interrupted; its children do, and hold its output open until then. */
    @Override
    public Decoded finish() {
        process.signal("INT");
        process.awaitExit(LIMIT);
        Decoded decoded = new Decoded();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Nfacctd::hasRecords).toList()) {
                read(file, decoded);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return decoded;
    }

    private static boolean hasRecords(Path file) {
        return file.getFileName().toString().startsWith(RECORDS);
    }

    @Override
    public String remarks() {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("WARN") || line.contains("ERROR") || line.contains("expecting"))
                    .limit(MAX_REMARKS)
                    .collect(Collectors.joining("; "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
