package dev.udpfanout.loader.doctor.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class BridgeNetfilterCheckTest {
    /** Stands for /proc. */
    @TempDir
    private Path proc;

    /** A listener minds if it has answers over dummy0, or copies from a NIC; over IPv6 alone. */
    @ParameterizedTest
    @CsvSource({
        "[fd00:255::1]:53, dummy0, replies: true,     1, WARNING",
        "[fd00:255::1]:53, dummy0, replies: true,     0, OK",
        "[fd00:255::1]:53, dummy0, replies: false,    1, ''",
        "10.255.0.1:53,    dummy0, replies: true,     1, ''",
        "[fd00::9]:53,     eth0,   policy: replicate, 1, WARNING",
        "[fd00::9]:53,     eth0,   replies: true,     1, ''",
    })
    void shouldWarnWhereABridgesReassemblyLosesDatagrams(
            String bind, String interfaceName, String key, int setting, String expected) throws Exception {
        Path file = proc.resolve("sys/net/bridge/bridge-nf-call-ip6tables");
        Files.createDirectories(file.getParent());
        Files.writeString(file, setting + "\n");
        ListenerConfig listener = new ConfigReader(name -> true)
                .parse(
                        """
                        listeners:
                          - bind: "%s"
                            interface: %s
                            %s
                            downstream: [ { address: "%s:5514" } ]
                        """.formatted(bind, interfaceName, key, bind.startsWith("[") ? "[fd00::1]" : "10.42.0.11"),
                        "config.yaml")
                .listeners()
                .getFirst();
        DaemonStatus none = new DaemonStatus(false, "", Optional.empty(), "");

        assertEquals(
                expected,
                BridgeNetfilterCheck.of(List.of(ServedListener.of(listener, none)), new NodeFiles(proc))
                        .map(Diagnosis::result)
                        .map(Enum::name)
                        .orElse(""));
    }
}
