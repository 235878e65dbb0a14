package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is pinned for pods' interfaces is pinned for those that there are, by the names that they have. */
@Tag("kernel")
@Timeout(180)
class FoundInterfacePinsTest {
    private static final int PODS = 20;

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, 2);
        PodNetwork.ROUTED_VETHS.build(lab.topology());
        lab.serve(lab.pod(1), lab.pod(2));
        lab.configureServices("{}");
        lab.server().api().put(VipService.annotated());
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @Test
    void shouldLeaveNoPinOfAnInterfaceThatHasGone() throws Exception {
        LabNamespace node = lab.topology().node();
        LabProcess daemon = lab.start();
        lab.awaitReady();
        add(node, 0, PODS);
        awaitPins(names(0, PODS));
        // At the pace of a drained node: the next goes before the daemon has done with the last.
        IntStream.range(0, PODS / 2).forEach(pod -> node.exec("ip", "link", "del", "pod" + pod));
        awaitPins(names(PODS / 2, PODS));
        daemon.signal("KILL");
        daemon.awaitExit(ServiceLab.LIMIT);
        node.exec("ip", "link", "del", "pod" + (PODS - 1));
        lab.start();
        lab.awaitReady();
        awaitPins(names(PODS / 2, PODS - 1));
    }

    /** The daemon dies in the midst of it, however often; others have had the names of those that went. */
    @Test
    void shouldLeaveNoPinWhenTheDaemonDiesWhilePodsComeAndGo() throws Exception {
        LabNamespace node = lab.topology().node();
        LabProcess daemon = lab.start();
        lab.awaitReady();
        for (int round = 0; round < 3; round++) {
            int first = round * PODS;
            add(node, first, first + PODS);
            assertTrue(BoundedWait.until(() -> pins().contains("pod" + first + "-ingress"), ServiceLab.LIMIT));
            daemon.signal("KILL");
            IntStream.range(first, first + PODS - 1).forEach(pod -> node.exec("ip", "link", "del", "pod" + pod));
            daemon.awaitExit(ServiceLab.LIMIT);
            // A pod that comes while there is no daemon, by an interface with the name of one that has gone.
            add(node, first, first + 1);
            daemon = lab.start();
        }
        lab.awaitReady();
        awaitPins(IntStream.range(0, 3)
                .mapToObj(round -> round * PODS)
                .flatMap(first -> Stream.of(first, first + PODS - 1))
                .map(pod -> "pod" + pod + "-ingress")
                .collect(Collectors.toSet()));
    }

    @Test
    void shouldPinUnderTheNameThatAnInterfaceHas() throws Exception {
        LabNamespace node = lab.topology().node();
        lab.start();
        lab.awaitReady();
        add(node, 0, 2);
        awaitPins(names(0, 2));
        rename(node, "pod1", "pod2");
        awaitPins(Set.of("pod0-ingress", "pod2-ingress"));
        // Another's name, which it had a moment ago.
        rename(node, "pod0", "pod1");
        rename(node, "pod2", "pod0");
        awaitPins(names(0, 2));
        node.exec("ip", "link", "del", "pod0");
        awaitPins(Set.of("pod1-ingress"));
    }

    private void add(LabNamespace node, int from, int to) {
        String batch = IntStream.range(from, to)
                .mapToObj(n -> "link add pod%1$d type veth peer name of%1$d netns %2$s\nlink set pod%1$d up\n"
                                .formatted(n, lab.topology().pod(1).name())
                        + "route add 10.99.0.%d/32 dev pod%d\n".formatted(n + 1, n))
                .collect(Collectors.joining());
        node.execWithInput(batch, "ip", "-batch", "-");
    }

    /** An interface that goes down loses its routes; it is a pod's for as long as it has one. */
    private static void rename(LabNamespace node, String from, String to) {
        String address = "10.99.1." + (from + to).chars().sum() % 250 + "/32";
        String batch = "link set %1$s down\nlink set %1$s name %2$s\nlink set %2$s up\nroute add %3$s dev %2$s\n"
                .formatted(from, to, address);
        node.execWithInput(batch, "ip", "-batch", "-");
    }

    private static Set<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "pod" + n + "-ingress").collect(Collectors.toSet());
    }

    private void awaitPins(Set<String> expected) {
        assertTrue(
                BoundedWait.until(() -> pins().equals(expected), ServiceLab.LIMIT),
                () -> pins() + ", " + lab.admin().page("/status"));
    }

    /** Those of the pods that the test adds. */
    private Set<String> pins() {
        try (Stream<Path> pins = Files.walk(lab.pins())) {
            return pins.map(pin -> pin.getFileName().toString())
                    .filter(pin -> pin.startsWith("pod"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
