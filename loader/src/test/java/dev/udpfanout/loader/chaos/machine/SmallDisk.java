package dev.udpfanout.loader.chaos.machine;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system of a few pages for the daemon's files, which can be full; see tmpfs(5). */
public final class SmallDisk implements AutoCloseable {
    private static final Path PARENT = Path.of("/run");
    private static final String SIZE = "256k";
    private static final int PAGE_BYTES = 4096;

    private final Path folder;
    private final Path filling;

    private SmallDisk(Path folder) {
        this.folder = folder;
        this.filling = folder.resolve("filling");
    }

    /** Mounts it for the run of a namespace, and removes those of runs that were killed. */
    public static SmallDisk mount(LabNamespace namespace) throws IOException {
        for (Path leftover : RunFolder.leftIn(PARENT)) {
            new SmallDisk(leftover).close();
        }
        Path folder = Files.createDirectory(RunFolder.in(PARENT, namespace, "disk"));
        Command.run(List.of("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", folder.toString()));
        return namespace.closedWithTopology(new SmallDisk(folder));
    }

    /** Where it is mounted. */
    public Path folder() {
        return folder;
    }

    /** Writes until there is no room for another byte. */
    public void fill() {
        try (OutputStream out = Files.newOutputStream(filling)) {
            while (true) {
                out.write(new byte[PAGE_BYTES]);
            }
        } catch (IOException e) {
            // ENOSPC: it is full.
        }
    }

    /** Makes room again. */
    public void free() throws IOException {
        Files.deleteIfExists(filling);
    }

    @Override
    public void close() throws IOException {
        if (!Files.getFileStore(folder).equals(Files.getFileStore(PARENT))) {
            Command.run(List.of("umount", "--lazy", folder.toString()));
        }
        Files.delete(folder);
    }
}
