package dev.udpfanout.loader.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A ConfigMap with one key as the kubelet mounts it: the file is a link into {@code ..data}, which is a link to a
 * folder of the present version, and is replaced in one step (pkg/volume/util/atomic_writer.go).
 */
final class MountedConfigMap {
    private final Path volume;
    private int version;

    /** Mounts it in a folder, with a first content. */
    MountedConfigMap(Path volume, String text) throws IOException {
        this.volume = volume;
        change(text);
        Files.createSymbolicLink(file(), Path.of("..data", "config.yaml"));
    }

    Path file() {
        return volume.resolve("config.yaml");
    }

    /** Changes the content as the kubelet does, and removes the old version. */
    void change(String text) throws IOException {
        Path before = volume.resolve("..version-" + version);
        Path now = Files.createDirectory(volume.resolve("..version-" + ++version));
        Files.writeString(now.resolve("config.yaml"), text);
        Path link = Files.createSymbolicLink(volume.resolve("..data_tmp"), now.getFileName());
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        if (Files.exists(before)) {
            Files.delete(before.resolve("config.yaml"));
            Files.delete(before);
        }
    }
}
