package dev.udpfanout.loader.doctor.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a daemon's page lets be known of it. */
@Tag("unit")
class DaemonCheckTest {
    private static final String VERSION = "1.2.3";

    private static DaemonStatus page(String more) throws IOException {
        String page = """
                {"version": "%s", "listeners": [], "threads": {"failing": [], "dead": []},
                  "config": {"file": "config.yaml", "valid": true, "problems": []}, "ready": true, "not_ready_reason": ""}
                """.formatted(VERSION);
        ObjectMapper json = new ObjectMapper();
        return new DaemonStatus(
                true,
                "127.0.0.1:9090",
                Optional.of(json.readerForUpdating(json.readTree(page)).readTree(more)),
                "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { "version": "1.2.2" } | daemon  | WARNING | udp-fanout 1.2.2 runs on this node, and this is version 1.2.3
            { "threads": { "failing": [ "publish" ] } } | threads | PROBLEM | the daemon's thread publish fails
            { "threads": { "dead": [ "look" ] } } | threads | PROBLEM | the daemon's thread look fails
            { "config": { "file": "a.yaml", "valid": false, "problems": [ "a.yaml:2: x", "y" ] } } | config | PROBLEM | a.yaml is not in force: a.yaml:2: x; y
            """)
    void shouldNameWhatThePageSaysIsWrong(String more, String check, Result result, String finding) throws IOException {
        List<Diagnosis> bad = DaemonCheck.of(page(more), VERSION, true).stream()
                .filter(Diagnosis::isBad)
                .toList();

        assertEquals(1, bad.size(), bad::toString);
        assertEquals(check, bad.getFirst().check());
        assertEquals(result, bad.getFirst().result());
        assertEquals(finding, bad.getFirst().finding());
        assertFalse(bad.getFirst().mend().isEmpty());
    }

    @Test
    void shouldNameNothingWhenThePageSaysThatAllIsWell() throws IOException {
        assertTrue(DaemonCheck.of(page("{}"), VERSION, true).stream().noneMatch(Diagnosis::isBad));
        assertEquals(Optional.empty(), ReadyCheck.of(page("{}"), List.of()));
    }

    @Test
    void shouldSayThatItIsNotReadyOnlyWhereNothingElseExplainsIt() throws IOException {
        DaemonStatus daemon = page("{ \"ready\": false, \"not_ready_reason\": \"it has just begun\" }");
        Diagnosis other = Diagnosis.warning("vip", "there is none", "nothing comes", "look for it");

        Diagnosis found = ReadyCheck.of(daemon, List.of(Diagnosis.ok("vip", "it is there")))
                .orElseThrow();

        assertEquals("the daemon is not ready: it has just begun", found.finding());
        assertEquals(Optional.empty(), ReadyCheck.of(daemon, List.of(other)));
    }
}
