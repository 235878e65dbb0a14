package dev.udpfanout.loader.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The namespace of Kubernetes that stands for one that is not given: the pod's own. */
public final class OwnNamespace {
    private static final Path SERVICE_ACCOUNT = Path.of("var/run/secrets/kubernetes.io/serviceaccount/namespace");
    private static final String OUTSIDE_OF_A_CLUSTER = "default";

    private OwnNamespace() {}

    /** From the service account, else {@code POD_NAMESPACE}; "default" outside of a cluster. */
    public static String detect() {
        return detect(System.getenv(), Path.of("/"));
    }

    /** As {@link #detect()}, of another environment and root directory. */
    public static String detect(Map<String, String> environment, Path root) {
        return nonBlank(content(root.resolve(SERVICE_ACCOUNT)))
                .or(() -> nonBlank(environment.get("POD_NAMESPACE")))
                .orElse(OUTSIDE_OF_A_CLUSTER);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return null;
        }
    }

    private static Optional<String> nonBlank(String text) {
        return Optional.ofNullable(text).map(String::strip).filter(stripped -> !stripped.isEmpty());
    }
}
