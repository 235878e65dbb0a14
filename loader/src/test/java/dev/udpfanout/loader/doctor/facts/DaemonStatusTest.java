package dev.udpfanout.loader.doctor.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.udpfanout.loader.config.reader.ConfigReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class DaemonStatusTest {
    @ParameterizedTest
    @CsvSource({"404, nothing here", "200, <html>", "200, {}"})
    void shouldSayThatAnotherProgramHasThePortWhenItHasNoSuchPage(int status, String page) throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            byte[] body = page.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        other.start();
        try {
            DaemonStatus found = DaemonStatus.ask(
                    new ConfigReader(name -> true)
                            .parse("""
                                    metrics: { bind: "127.0.0.1:%d" }
                                    listeners: [ { bind: "192.0.2.1:514", interface: eth0, downstream: [ { address: "192.0.2.2:514" } ] } ]
                                    """.formatted(other.getAddress().getPort()), "config.yaml")
                            .metrics(),
                    true);

            assertEquals("another program answers there", found.failure());
            assertTrue(found.page().isEmpty());
        } finally {
            other.stop(0);
        }
    }
}
