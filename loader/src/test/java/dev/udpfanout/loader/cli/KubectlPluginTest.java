package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The plugin of kubectl. In place of kubectl there is a script that knows some pods, and runs what is to run in a pod
 * here: the shipped command, against a daemon that is at work. One pod never answers.
 */
@Tag("kernel")
@Timeout(180)
class KubectlPluginTest extends LifeCycleLab {
    private static final Path PLUGIN =
            Path.of("..", "k8s", "kubectl-udp_fanout").toAbsolutePath();
    private static final String LONG_NAME = "ip-10-0-117-203.eu-central-1.compute.internal.example.com";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int TIMEOUT_SECONDS = 25;

    private List<String> pods = List.of("node-a udp-fanout-aaaaa Running", "node-b udp-fanout-bbbbb Running");
    private List<String> nodes = List.of("node-a", "node-b");

    private LabProcess plugin(String... arguments) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path kubectl = bin.resolve("kubectl");
        Files.writeString(kubectl, """
                #!/bin/sh
                case "$*" in
                    *" get pods "*) printf '%%s\\n' %s ;;
                    "get nodes "*) printf '%%s\\n' %s ;;
                    *" exec udp-fanout-mute "*) exec sleep 600 ;;
                    *" exec "*)
                        while [ "$1" != -- ]; do shift; done; shift
                        # A pod's own files are here elsewhere.
                        for each do
                            shift
                            [ "$each" != /etc/udp-fanout/config.yaml ] || each='%s'
                            set -- "$@" "$each"
                        done
                        exec "$@" ;;
                    *) exit 9 ;;
                esac
                """.formatted(quoted(pods), quoted(nodes), config));
        Files.setPosixFilePermissions(kubectl, PosixFilePermissions.fromString("rwxr-xr-x"));
        String path = bin + ":" + Path.of(Distribution.command()).getParent() + ":/usr/sbin:/usr/bin:/sbin:/bin";
        List<String> command = new ArrayList<>(
                List.of("env", "PATH=" + path, "UDP_FANOUT_TIMEOUT=" + TIMEOUT_SECONDS, PLUGIN.toString()));
        command.addAll(List.of(arguments));
        return topology.node().start(command.toArray(new String[0]));
    }

    private static String quoted(List<String> texts) {
        return texts.stream().map(text -> "'" + text + "'").collect(Collectors.joining(" "));
    }

    private static void assertLine(LabProcess process, String pattern) {
        assertTrue(
                process.lines().stream().anyMatch(line -> line.matches(pattern)),
                () -> pattern + " is not in\n" + String.join("\n", process.lines()));
    }

    @Test
    void shouldPrintOneTableOfAllNodes() throws Exception {
        write("auto", "", "");
        try (LabProcess daemon = start();
                LabProcess status = plugin("status")) {
            assertEquals(0, status.awaitExit(PATIENCE), status.lines()::toString);
            assertEquals(3, status.lines().size(), status.lines()::toString);
            assertTrue(status.lines().getFirst().startsWith("NODE "), status.lines()::toString);
            for (String node : List.of("node-a", "node-b")) {
                assertLine(status, node + " +syslog +yes +0 +0 +0 +3");
            }
            assertTrue(daemon.isAlive());
        }
    }

    @Test
    void shouldSayOfEachNodeWhyThereIsNoAnswerAndKeepTheColumnsWhenNamesAreLong() throws Exception {
        write("auto", "", "");
        pods = List.of(
                LONG_NAME + " udp-fanout-aaaaa Running",
                "node-mute udp-fanout-mute Running",
                "node-pending udp-fanout-ccccc Pending");
        nodes = List.of("node-bare", LONG_NAME, "node-mute", "node-pending");
        try (LabProcess daemon = start();
                LabProcess status = plugin("status")) {
            assertEquals(1, status.awaitExit(PATIENCE), status.lines()::toString);
            assertEquals(5, status.lines().size(), status.lines()::toString);
            assertLine(status, LONG_NAME + "  syslog +yes +0 +0 +0 +3");
            assertLine(status, "node-bare +- .* no pod of the daemon is there");
            assertLine(status, "node-mute +- .* no answer within " + TIMEOUT_SECONDS + " s");
            assertLine(status, "node-pending +- .* its pod udp-fanout-ccccc is Pending");
            int column = status.lines().getFirst().indexOf("LISTENER");
            assertTrue(
                    status.lines().stream().allMatch(line -> line.charAt(column - 1) == ' '),
                    () -> String.join("\n", status.lines()));
            assertTrue(daemon.isAlive());
        }
    }

    @Test
    void shouldPrintOneTableOfWhatDoctorHasFoundOnAllNodes() throws Exception {
        write("auto", "", "");
        nodes = List.of("node-a", "node-b", "node-bare");
        try (LabProcess doctor = plugin("doctor")) {
            assertEquals(2, doctor.awaitExit(PATIENCE), doctor.lines()::toString);
            assertTrue(doctor.lines().getFirst().matches("NODE +LISTENER +CHECK +RESULT +FINDING"), () -> doctor.lines()
                    .toString());
            assertLine(doctor, "node-a +- +daemon +PROBLEM +.+");
            assertLine(doctor, "node-b +- +daemon +PROBLEM +.+");
            assertLine(doctor, "node-bare +- +- +NO ANSWER +no pod of the daemon is there");
            assertLine(doctor, "mend, node-a, node-b: .+");
        }
    }

    @Test
    void shouldPrintOneTableOfWhatTraceHasSeenOnAllNodes() throws Exception {
        write("auto", "", "");
        pods = List.of("node-a udp-fanout-aaaaa Running");
        nodes = List.of("node-a", "node-bare");
        try (LabProcess daemon = start();
                LabProcess trace = plugin("trace", "--to", "192.168.1.100:5514")) {
            assertEquals(0, trace.awaitExit(PATIENCE), trace.lines()::toString);
            assertTrue(
                    trace.lines().getFirst().matches("NODE +DATAGRAMS +OUTCOME +WHERE +CAUSE"),
                    trace.lines()::toString);
            assertLine(trace, "node-a +[1-3] +delivered +.+");
            assertLine(trace, "node-bare +- +- +NO ANSWER +no pod of the daemon is there");
            assertTrue(daemon.isAlive());
        }
    }

    @Test
    void shouldSayOfWhichNodeALineIsAndExitWithTheWorstResult() throws Exception {
        try (LabProcess status = plugin("check-config", "--config", "/nowhere")) {
            assertEquals(ExitCode.BAD_INPUT, status.awaitExit(PATIENCE));
            assertEquals(
                    List.of("node-a  /nowhere: there is no such file", "node-b  /nowhere: there is no such file"),
                    status.lines());
        }
    }
}
