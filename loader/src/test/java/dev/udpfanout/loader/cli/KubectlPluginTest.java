package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The plugin of kubectl. In place of kubectl there is a script that knows two pods, and runs what is to run in a pod
 * here: the shipped command, against a daemon that is at work.
 */
@Tag("kernel")
@Timeout(120)
class KubectlPluginTest extends LifeCycleLab {
    private static final Path PLUGIN = Path.of("..", "k8s", "kubectl-udp_fanout").toAbsolutePath();

    private LabProcess plugin(String... arguments) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path kubectl = bin.resolve("kubectl");
        Files.writeString(kubectl, """
                #!/bin/sh
                case "$*" in
                    *" get pods "*) echo "udp-fanout-aaaaa node-a"; echo "udp-fanout-bbbbb node-b" ;;
                    *" exec "*) while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;;
                    *) exit 9 ;;
                esac
                """);
        Files.setPosixFilePermissions(kubectl, PosixFilePermissions.fromString("rwxr-xr-x"));
        String path = bin + ":" + Path.of(Distribution.command()).getParent() + ":/usr/sbin:/usr/bin:/sbin:/bin";
        List<String> command = new java.util.ArrayList<>(List.of("env", "PATH=" + path, PLUGIN.toString()));
        command.addAll(List.of(arguments));
        return topology.node().start(command.toArray(new String[0]));
    }

    @Test
    void shouldPrintOneTableOfAllNodes() throws Exception {
        write("auto", "", "");
        try (LabProcess daemon = start();
                LabProcess status = plugin("status")) {
            assertEquals(0, status.awaitExit(LIMIT), status.lines()::toString);
            assertEquals(3, status.lines().size(), status.lines()::toString);
            assertTrue(status.lines().getFirst().startsWith("NODE "), status.lines()::toString);
            for (String node : List.of("node-a", "node-b")) {
                assertTrue(
                        status.lines().stream()
                                .anyMatch(line -> line.matches(node + " +syslog +yes +0 +0 +0 +3")),
                        status.lines()::toString);
            }
            assertTrue(daemon.isAlive());
        }
    }

    @Test
    void shouldSayOfWhichNodeALineIsAndExitWithTheWorstResult() throws Exception {
        try (LabProcess status = plugin("check-config", "--config", "/nowhere")) {
            assertEquals(ExitCode.BAD_INPUT, status.awaitExit(LIMIT));
            assertEquals(
                    List.of(
                            "node-a  /nowhere: there is no such file",
                            "node-b  /nowhere: there is no such file"),
                    status.lines());
        }
    }
}
