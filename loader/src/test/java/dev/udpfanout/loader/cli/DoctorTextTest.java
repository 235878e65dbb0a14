package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class DoctorTextTest {
    private static final List<Diagnosis> FOUND = List.of(
            Diagnosis.ok("daemon", "udp-fanout 0.1.0 runs on this node and answers on 127.0.0.1:9090"),
            Diagnosis.problem(
                            "kube_proxy_rule",
                            "kube-proxy has no rule for UDP [2001:db8:1::100]:5514 (it has others: iptables (nf_tables))",
                            "what senders send to the VIP is not translated, so it never gets to the listener",
                            "it makes one when this node's endpoint is ready: compare kubectl get service and get"
                                    + " endpointslices -o yaml; kube-proxy's log")
                    .of("syslog"));

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 120, 200})
    void shouldKeepDoctorsLinesWithinTheTerminalAndItsWordsWhole(int columns) {
        String text = DoctorText.of(FOUND, columns);

        assertTrue(text.lines().allMatch(line -> line.length() <= columns), text);
        assertEquals(DoctorText.of(FOUND, 0).replaceAll("\\s+", " "), text.replaceAll("\\s+", " "), "the same words");
        assertTrue(text.lines().noneMatch(line -> line.endsWith(" ")), text);
    }
}
