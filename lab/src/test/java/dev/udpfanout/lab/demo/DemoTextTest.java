package dev.udpfanout.lab.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class DemoTextTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void shouldTakeOptionsInAnyOrder() {
        DemoOptions options = DemoOptions.parse("--rate", "500", "--daemon", "/x/udp-fanout", "--pods", "5");

        assertEquals(new DemoOptions(Path.of("/x/udp-fanout"), 5, 30_000, 500), options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--pods", "--pods 0", "--pods 65", "--rate x", "--nosuch 1"})
    void shouldRefuseWhatItDoesNotUnderstand(String arguments) {
        assertThrows(IllegalArgumentException.class, () -> DemoOptions.parse(arguments.split(" ")));
    }

    @Test
    void shouldWriteTheDaemonsConfiguration() {
        String yaml = DaemonConfig.yaml(
                new InetSocketAddress("10.255.0.1", 5514),
                List.of(new InetSocketAddress("10.42.0.11", 40514), new InetSocketAddress("10.42.0.12", 40514)));

        assertEquals("""
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    mode: tc_ebpf
                    downstream:
                      - { name: pod-1, address: "10.42.0.11:40514" }
                      - { name: pod-2, address: "10.42.0.12:40514" }
                health:  { enabled: true, interval_secs: 5, timeout_secs: 2, protocol: icmp }
                metrics: { enabled: false, bind: "0.0.0.0:9090", path: /metrics }
                """, yaml);
    }

    @Test
    void shouldCountTheKernelsCpus() {
        assertEquals(1, OnlineCpus.parse("0"));
        assertEquals(6, OnlineCpus.parse("0-3,8,10"));
    }

    @Test
    void shouldRewriteTheLineOnATerminal() {
        ProgressLine line = new ProgressLine(out, true, 2000, 0);
        line.update(500, 499, 1);
        line.finish(2000, 2000);

        assertEquals(
                "\r  sending 500 of 2,000 datagrams (25 %), 499 received"
                        + "\r  sending 2,000 of 2,000 datagrams (100 %), 2,000 received\n",
                printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldPrintALineASecondElsewhere() {
        ProgressLine line = new ProgressLine(out, false, 2000, 0);
        line.update(500, 499, 999_999_999);
        line.update(600, 600, 1_000_000_000);
        line.update(700, 700, 1_500_000_000);

        assertEquals(
                "  sending 600 of 2,000 datagrams (30 %), 600 received\n", printed.toString(StandardCharsets.UTF_8));
    }
}
