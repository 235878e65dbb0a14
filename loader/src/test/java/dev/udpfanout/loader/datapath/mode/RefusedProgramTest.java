package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A program that the kernel refuses, as with a wrong {@code --ebpf-program}, where an earlier daemon has left its maps.
 */
@Tag("kernel")
class RefusedProgramTest {
    private static final List<ListenerConfig> LISTENERS =
            List.of(NodeModes.onNic().listener(List.of(new InetSocketAddress("10.42.0.11", NodeModes.POD_PORT))));

    private Topology topology;

    @BeforeEach
    void setUp() {
        Bpffs.ensure();
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void openAndRelease(byte[] elf) {
        topology.node().call(() -> {
            new NodeBackends(elf, topology.pinDirectory()).openKernel(LISTENERS).release();
            return null;
        });
    }

    private Set<Path> pinnedMaps() {
        try (Stream<Path> pins = Files.walk(topology.pinDirectory())) {
            return pins.filter(pin -> !Files.isDirectory(pin)).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldLeaveTheMapsToTheNextStart() {
        openAndRelease(KernelProgram.builtIn());
        Set<Path> before = pinnedMaps();
        assertFalse(before.isEmpty());
        byte[] spoilt = SpoiltProgram.in(KernelProgram.builtIn(), KernelProgram.REWRITE);
        assertThrows(KernelRefusedException.class, () -> openAndRelease(spoilt));
        assertEquals(before, pinnedMaps());
    }
}
