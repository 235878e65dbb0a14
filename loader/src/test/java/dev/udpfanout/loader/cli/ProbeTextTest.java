package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.forwarder.transport.Support;
import dev.udpfanout.loader.datapath.probe.Finding;
import dev.udpfanout.loader.datapath.probe.Finding.Need;
import dev.udpfanout.loader.datapath.probe.ProbeReport;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ProbeTextTest {
    private static final ProbeReport REPORT = new ProbeReport(List.of(
            new Finding("dummy driver", "interface dummy0", Need.OPTIONAL, new Support.Unsupported("EOPNOTSUPP")),
            new Finding(
                    "transport io_uring_single_shot",
                    "userspace, one is enough",
                    Need.OPTIONAL,
                    new Support.Supported())));

    @Test
    void shouldHaveColumnsForTheLongestWords() {
        assertEquals("""
                CAPABILITY                      PRESENT  NEEDED BY                 WHY NOT
                dummy driver                    no       interface dummy0          EOPNOTSUPP
                transport io_uring_single_shot  yes      userspace, one is enough
                mode: auto means tc_ebpf
                """, ProbeText.of(REPORT, 0));
    }

    @Test
    void shouldPutTheReasonIntoALineOfItsOwnWhenARowIsTooLong() {
        assertEquals("""
                CAPABILITY                      PRESENT  NEEDED BY
                    WHY NOT
                dummy driver                    no       interface dummy0
                    EOPNOTSUPP
                transport io_uring_single_shot  yes      userspace, one is enough
                mode: auto means tc_ebpf
                """, ProbeText.of(REPORT, 70));
    }
}
