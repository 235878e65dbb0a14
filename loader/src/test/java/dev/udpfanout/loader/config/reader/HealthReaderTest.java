package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import dev.udpfanout.loader.config.InvalidConfigException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class HealthReaderTest {
    private static final String LISTENER = """
            listeners:
              - bind: "10.255.0.1:5514"
                interface: dummy0
                downstream: [{ address: "10.42.0.11:5514" }]
            """;

    private static Config parse(String more) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse(LISTENER + more, "c.yaml");
    }

    @Test
    void shouldDetectADeadPodWithinSevenSecondsByDefault() throws InvalidConfigException {
        HealthConfig health = parse("").health();

        assertEquals(
                new HealthConfig(
                        true,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        0.1,
                        Protocol.ICMP,
                        OptionalInt.empty(),
                        "/",
                        2,
                        1,
                        OnAllUnhealthy.FORWARD),
                health);
        assertEquals(
                Duration.ofSeconds(7),
                health.interval().multipliedBy(health.fall()).plus(health.timeout()));
    }

    @Test
    void shouldReadEveryKey() throws InvalidConfigException {
        HealthConfig health = parse("""
                health:
                  enabled: false
                  interval_ms: 200
                  timeout_ms: 150
                  protocol: http
                  port: 8080
                  path: /ready?full=1
                  rise: 3
                  fall: 4
                  jitter: 0.25
                  on_all_unhealthy: drop
                """).health();

        assertEquals(
                new HealthConfig(
                        false,
                        Duration.ofMillis(200),
                        Duration.ofMillis(150),
                        0.25,
                        Protocol.HTTP,
                        OptionalInt.of(8080),
                        "/ready?full=1",
                        3,
                        4,
                        OnAllUnhealthy.DROP),
                health);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "interval_secs: 5, interval_ms: 200, timeout_ms: 100 | health.interval_ms: say either interval_secs or interval_ms, not both",
                "timeout_secs: 1, timeout_ms: 100 | health.timeout_ms: say either timeout_secs or timeout_ms, not both",
                "interval_ms: 200 | health.timeout_secs: the time-out of 2000 ms is longer than the interval of 200 ms",
                "timeout_ms: 6000 | health.timeout_ms: the time-out of 6000 ms is longer than the interval of 5000 ms",
                "interval_ms: 9 | health.interval_ms: 9 is not in 10..3600000",
                "rise: 0 | health.rise: 0 is not in 1..100",
                "fall: 101 | health.fall: 101 is not in 1..100",
                "jitter: 1.5 | health.jitter: \"1.5\" is not a fraction in 0..1, for example 0.1",
                "jitter: -0.1 | health.jitter: \"-0.1\" is not a fraction in 0..1, for example 0.1",
                "protocol: ping | health.protocol: \"ping\" is not one of: icmp, udp_echo, tcp, http",
                "port: 80 | health.port: ICMP has no ports: leave it out, or choose another protocol",
                "'protocol: tcp, port: 65536' | health.port: 65536 is not in 1..65535",
                "'protocol: tcp, path: /x' | health.path: is for protocol http only",
                "'protocol: http, path: x' | health.path: \"x\" is not a path: it begins with /, has no spaces and at most 1024 characters",
                "on_all_unhealthy: panic | health.on_all_unhealthy: \"panic\" is not one of: forward, drop",
                "intervall_ms: 5 | health.intervall_ms: unknown key"
            })
    void shouldRefuse(String keys, String problem) {
        InvalidConfigException invalid =
                assertThrows(InvalidConfigException.class, () -> parse("health: { " + keys + " }\n"));

        List<String> problems =
                invalid.problems().stream().map(ConfigProblem::toString).toList();
        assertTrue(problems.getFirst().startsWith("c.yaml:5: " + problem), problems.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path: /status | metrics.path: \"/status\" is another page's path",
                "path: metrics | metrics.path: \"metrics\" is not a path",
                "path: \"/m?x\" | metrics.path: \"/m?x\" is not a path",
                "bind: 9090 | metrics.bind: \"9090\" is not ADDRESS:PORT"
            })
    void shouldRefuseMetrics(String keys, String problem) {
        InvalidConfigException invalid =
                assertThrows(InvalidConfigException.class, () -> parse("metrics: { " + keys + " }\n"));

        assertTrue(invalid.problems().getFirst().toString().startsWith("c.yaml:5: " + problem), invalid.getMessage());
    }
}
