package dev.udpfanout.lab.cluster.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class KubernetesReleaseTest {
    @TempDir
    private Path top;

    private Path folder(String version, List<String> programs) throws IOException {
        Path folder = Files.createDirectory(top.resolve(version));
        for (String program : programs) {
            Path file = Files.writeString(folder.resolve(program), "#!/bin/sh\necho Kubernetes v" + version + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return folder;
    }

    @Test
    void shouldFindEachVersionWhenTheVariableNamesSeveralFolders() throws IOException {
        Path old = folder("1.20.2", KubernetesRelease.PROGRAMS);
        Path newest = folder("1.36.2", KubernetesRelease.PROGRAMS);

        List<KubernetesRelease> found = KubernetesRelease.find(old + ":" + newest);

        assertEquals(
                List.of("1.20.2", "1.36.2"),
                found.stream().map(KubernetesRelease::version).toList());
        assertEquals("v1beta1", found.getFirst().discoveryVersion());
        assertEquals(List.of(ProxyMode.IPTABLES), found.getFirst().proxyModes());
        assertFalse(found.getFirst().hasDualStack());
        assertTrue(found.getLast().hasDualStack());
        assertEquals("v1", found.getLast().discoveryVersion());
        assertEquals(
                List.of(ProxyMode.IPTABLES, ProxyMode.NFTABLES), found.getLast().proxyModes());
    }

    @Test
    void shouldNameTheProgramWhenTheFolderLacksOne() throws IOException {
        Path folder = folder("1.36.2", List.of("etcd", "kube-apiserver", "kube-controller-manager", "kubectl"));

        String message = assertThrows(IllegalArgumentException.class, () -> KubernetesRelease.find(folder.toString()))
                .getMessage();

        assertTrue(message.startsWith("KUBERNETES_BIN: " + folder + " has no kube-proxy"), message);
    }
}
