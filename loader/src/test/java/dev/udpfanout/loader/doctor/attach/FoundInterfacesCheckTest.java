package dev.udpfanout.loader.doctor.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class FoundInterfacesCheckTest {
    private static List<Diagnosis> of(String... interfaces) throws Exception {
        String page = "{\"services\": {\"interfaces\": [" + String.join(",", interfaces) + "]}}";
        return FoundInterfacesCheck.of(new DaemonStatus(true, "", Optional.of(new ObjectMapper().readTree(page)), ""));
    }

    private static String pod(int number, String attachment, String fault) {
        return """
                {"name": "cali%d", "role": "pods", "reason": "route to 10.42.0.%d", "attachment": "%s", "fault": "%s"}""".formatted(number, number, attachment, fault);
    }

    @Test
    void shouldSayThatAllHaveTheProgram() throws Exception {
        Diagnosis only = of(pod(1, "tcx", ""), pod(2, "clsact", "")).getFirst();
        assertEquals(Result.OK, only.result());
        assertTrue(only.finding().contains("on 2 interface(s)"), only::finding);
    }

    @Test
    void shouldSayNothingWhereNoneAreFound() throws Exception {
        assertEquals(List.of(), of());
        assertEquals(List.of(), FoundInterfacesCheck.of(new DaemonStatus(false, "", Optional.empty(), "refused")));
    }

    @Test
    void shouldNameThePodsOfEachCause() throws Exception {
        List<Diagnosis> found = of(
                pod(1, "tcx", ""),
                pod(2, "", "bpf_link_create: ERANGE"),
                pod(3, "", "bpf_link_create: ENOMEM"),
                pod(4, "", "bpf_link_create: ERANGE"));

        assertEquals(2, found.size(), found::toString);
        Diagnosis full = found.getFirst();
        assertEquals(Result.PROBLEM, full.result());
        assertTrue(
                full.finding()
                        .contains("cali2 (route to 10.42.0.2), cali4 (route to 10.42.0.4): bpf_link_create: ERANGE"),
                full::finding);
        assertTrue(full.mend().contains("bpftool net show dev cali2"), full::mend);
        assertTrue(found.get(1).mend().contains("memory limit"), found::toString);
    }

    @Test
    void shouldOnlyWarnOfThoseThatComeNext() throws Exception {
        Diagnosis only = of(pod(1, "", "")).getFirst();
        assertEquals(Result.WARNING, only.result());
        assertTrue(only.finding().contains("not on cali1 (route to 10.42.0.1) yet"), only::finding);
    }

    /** A node has hundreds of pods. */
    @Test
    void shouldNameSomeOfVeryMany() throws Exception {
        String all = IntStream.range(0, 500)
                .mapToObj(pod -> pod(pod, "", "bpf_link_create: EPERM"))
                .collect(Collectors.joining(","));
        Diagnosis only = of(all).getFirst();
        assertTrue(only.finding().contains(" and 492 others: bpf_link_create: EPERM"), only::finding);
        assertTrue(only.mend().contains("CAP_BPF"), only::mend);
    }
}
