package dev.udpfanout.loader.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which function of the kernel an address is in: /proc/kallsyms, proc(5). Without CAP_SYSLOG it may tell no address.
 */
final class KernelSymbols {
    private final Path file;
    private final Map<Long, Optional<String>> known = new HashMap<>();

    /** @param file /proc/kallsyms */
    KernelSymbols(Path file) {
        this.file = file;
    }

    /** The function's name; empty if the kernel does not tell. */
    Optional<String> functionAt(long address) {
        return known.computeIfAbsent(address, this::find);
    }

    /** One pass, since the file has some hundred thousand lines, and a trace asks for few addresses. */
    private Optional<String> find(long address) {
        long nearest = 0;
        String name = "";
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // "ffffffff81000000 T _text", and behind a tab the module.
                int end = line.indexOf(' ');
                long start = Long.parseUnsignedLong(line, 0, end, 16);
                if (Long.compareUnsigned(start, address) <= 0 && Long.compareUnsigned(start, nearest) > 0) {
                    nearest = start;
                    name = line.substring(end + 3).split("\t", 2)[0];
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }
}
