package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class WordWrapTest {
    private static final List<Diagnosis> FOUND = List.of(
            Diagnosis.ok("daemon", "udp-fanout 0.1.0 runs on this node and answers on 127.0.0.1:9090"),
            Diagnosis.problem(
                            "kube_proxy_rule",
                            "kube-proxy has no rule for UDP [2001:db8:1::100]:5514 (it has others: iptables (nf_tables))",
                            "what senders send to the VIP is not translated, so it never gets to the listener",
                            "it makes one when this node's endpoint is ready: compare kubectl get service and get"
                                    + " endpointslices -o yaml; kube-proxy's log")
                    .of("syslog"));

    private static String wrapped(int columns, int indent, String words) {
        StringBuilder text = new StringBuilder();
        new WordWrap(columns).append(text, "so: ", indent, words);
        return text.toString();
    }

    @Test
    void shouldGoOnInTheNextLineAtAWord() {
        assertEquals("so: one two three four\n    five\n", wrapped(24, 4, "one two three four five"));
    }

    @Test
    void shouldLeaveAWordWholeThatIsLongerThanALine() {
        String address = "[2001:db8:1:0:ffff:ffff:ffff:fffe]:50280";
        assertEquals("so: to\n    " + address + "\n    now\n", wrapped(24, 4, "to " + address + " now"));
    }

    @Test
    void shouldLeaveLinesAsTheyAreWhereThereIsNoTerminal() {
        assertEquals("so: " + "word ".repeat(99) + "word\n", wrapped(0, 4, "word ".repeat(99) + "word"));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 120, 200})
    void shouldKeepDoctorsLinesWithinTheTerminalAndItsWordsWhole(int columns) {
        String text = DoctorText.of(FOUND, columns);

        assertTrue(text.lines().allMatch(line -> line.length() <= columns), text);
        assertEquals(DoctorText.of(FOUND, 0).replaceAll("\\s+", " "), text.replaceAll("\\s+", " "), "the same words");
        assertTrue(text.lines().noneMatch(line -> line.endsWith(" ")), text);
    }

    @Test
    void shouldMoveWhatGoesOnFurtherInThanItsLine() {
        assertEquals(
                "  ways       cni0 MTU 1500 (1\n      endpoint(s))\nflows: 40\n",
                new WordWrap(30).lines("  ways       cni0 MTU 1500 (1 endpoint(s))\nflows: 40\n"));
    }
}
