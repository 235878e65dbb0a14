package dev.udpfanout.loader.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("unit")
class ModeReasonTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            configured                                                               | configured
            shares 10.255.0.1 with listener b, which is in user space                | shared_address
            missing CAP_BPF: run as root, or grant them                              | missing_capability
            bpf(2) answers EPERM: CAP_BPF is missing                                 | missing_capability
            bpf(2) answers EPERM although the process has CAP_BPF: blocked by a seccomp filter | bpf_refused
            this kernel has no bpf(2), or a seccomp filter hides it                  | bpf_refused
            failed to load libbpf.so.1: cannot open shared object file               | no_libbpf
            bpf_object__load udp_fanout: E2BIG                                       | kernel_refused
            """)
    void shouldHaveAWordForEachSentence(String sentence, String word) {
        assertEquals(word, ModeReason.of(sentence).label());
    }

    @ParameterizedTest
    @EnumSource(ModeReason.class)
    void shouldBeInTheManual(ModeReason reason) throws IOException {
        String manual = Files.readString(Path.of("..", "docs", "metrics.md"));
        assertTrue(manual.contains("`" + reason.label() + "`"), reason::label);
    }

    @Test
    void shouldNotTakeWordsOfTheNodeIntoALabel() {
        assertEquals(ModeReason.KERNEL_REFUSED, ModeReason.of("the interface eth0 \"x\" of node-17 has no hook"));
    }
}
