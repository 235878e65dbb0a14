package dev.udpfanout.loader.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The system call filter that RuntimeDefault stands for, as podman takes it. The one that comes with podman 4 lets
 * bpf(2) through for SYS_ADMIN alone, as runtimes did before containerd 1.7 and Docker 23; those let it through for
 * CAP_BPF.
 */
public enum RuntimeDefaultProfile {
    /** Of runtimes that know CAP_BPF. */
    CURRENT,
    /** As podman has it. */
    BEFORE_CAP_BPF;

    private static final Path PODMANS = Path.of("/usr/share/containers/seccomp.json");
    private static final String BPF = "bpf";

    /** Writes it into a folder; its file. */
    public Path writeTo(Path directory) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode profile = (ObjectNode) mapper.readTree(PODMANS.toFile());
        if (this == CURRENT) {
            allowForCapability((ArrayNode) profile.get("syscalls"));
        }
        Path file = directory.resolve("seccomp-" + name() + ".json");
        Files.write(file, mapper.writeValueAsBytes(profile));
        return file;
    }

    private static void allowForCapability(ArrayNode rules) {
        for (JsonNode rule : rules) {
            ArrayNode names = (ArrayNode) rule.get("names");
            for (int i = names.size() - 1; i >= 0; i--) {
                if (names.get(i).asText().equals(BPF)) {
                    names.remove(i);
                }
            }
        }
        ObjectNode allowed = rules.addObject();
        allowed.putArray("names").add(BPF);
        allowed.put("action", "SCMP_ACT_ALLOW");
        allowed.putArray("args");
        allowed.putObject("includes").putArray("caps").add("CAP_BPF");
        allowed.putObject("excludes");
    }
}
