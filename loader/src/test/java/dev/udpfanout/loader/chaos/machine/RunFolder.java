package dev.udpfanout.loader.chaos.machine;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.RunName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder outside of the lab's namespaces that bears the run's name, so that a later run knows it for a leftover if
 * this one is killed.
 */
final class RunFolder {
    private RunFolder() {}

    /** What it is called, for the topology of a namespace and a purpose of small letters. */
    static Path in(Path parent, LabNamespace namespace, String purpose) {
        return parent.resolve(RunName.parse(namespace.name()).orElseThrow().namespace(purpose));
    }

    /** Those in a folder whose runs are over. */
    static List<Path> leftIn(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(entry -> RunName.parse(entry.getFileName().toString())
                            .filter(run -> !run.ownerLives())
                            .isPresent())
                    .toList();
        }
    }
}
