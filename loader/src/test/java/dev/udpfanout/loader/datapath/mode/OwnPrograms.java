package dev.udpfanout.loader.datapath.mode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.lab.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The eBPF programs that this process has loaded since this was made, by the kernel's own account: neither what other
 * processes have nor what an earlier test has left counts.
 */
final class OwnPrograms {
    private final Set<Integer> before = ids();

    /** The ids of the maps that each program uses, by the program's name. */
    Map<String, Set<Integer>> mapsByProgram() {
        Map<String, Set<Integer>> found = new TreeMap<>();
        Set<Integer> since = ids();
        since.removeAll(before);
        for (int id : since) {
            JsonNode program = shown(id);
            Set<Integer> maps = new HashSet<>();
            program.path("map_ids").forEach(map -> maps.add(map.asInt()));
            if (found.put(program.path("name").asText(), maps) != null) {
                throw new AssertionError("loaded twice: " + program);
            }
        }
        return found;
    }

    private static JsonNode shown(int id) {
        try {
            return new ObjectMapper()
                    .readTree(Command.run(List.of("bpftool", "--json", "prog", "show", "id", Integer.toString(id))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<Integer> ids() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(OwnPrograms::isProgram)
                    .map(descriptor -> id(Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName())))
                    .collect(Collectors.toCollection(HashSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isProgram(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals("anon_inode:bpf-prog");
        } catch (NoSuchFileException e) {
            // The one by which the folder was read, or another thread's.
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int id(Path info) {
        try {
            return Files.readAllLines(info).stream()
                    .filter(line -> line.startsWith("prog_id:"))
                    .map(line ->
                            Integer.parseInt(line.substring("prog_id:".length()).strip()))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
