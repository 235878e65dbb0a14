package dev.udpfanout.loader.cli.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class StatusTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            runs as process 7, but gives no status | true  | what follows is pinned in the kernel; listeners in user space, health and rates are not
            does not run                           | true  | its program in the kernel goes on with the endpoints below; nobody probes or changes them
            does not run                           | false | no program of its is attached, so no datagram is forwarded
            """)
    void shouldSayWhoLooksAfterWhatIsPinned(String daemon, boolean isAttached, String meaning) throws IOException {
        String page = """
                {"daemon": "%s", "listeners": [{"name": "a", "bind": "10.0.0.1:5", "attached": %s}]}
                """.formatted(daemon, isAttached);
        String text = new StatusText(new ObjectMapper().readTree(page), Instant.EPOCH).toString();
        assertEquals("  " + meaning, text.lines().toList().get(1));
    }
}
