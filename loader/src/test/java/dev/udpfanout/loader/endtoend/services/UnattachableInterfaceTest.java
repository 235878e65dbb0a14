package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the program cannot be attached to the interface of one pod, kube-proxy serves what that one sends; doctor names
 * it, with cause and mend, and all others are served.
 */
@Tag("kernel")
@Timeout(240)
class UnattachableInterfaceTest {
    /** As many as a TCX hook has places: include/net/tcx.h, kernel/bpf/mprog.c. */
    private static final int ALL_PLACES = 63;

    private static final int PER_SECOND = 2_000;

    @TempDir
    private Path directory;

    private AnnotatedLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = AnnotatedLab.open(directory);
        PodNetwork.ROUTED_VETHS.build(lab.topology());
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @Test
    void shouldNameThePodWhoseInterfaceHasNoPlaceAndServeTheOthers() throws Exception {
        List<NeighbourProgram> others =
                NeighbourProgram.attachMany(lab.topology().node(), "veth3", ALL_PLACES);
        lab.start("{}");
        lab.awaitServed("eth0", "veth1", "veth2");
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP);
        String found = "the program cannot be attached to veth3 (route to "
                + lab.topology().plan().podAddress(lab.senderNumber()) + "): ";
        for (String[] arguments : List.of(new String[] {}, new String[] {"--service", "logging/receivers"})) {
            String diagnosis = doctor(arguments);
            assertTrue(diagnosis.contains(found), diagnosis);
            assertTrue(diagnosis.contains("bpftool net show dev veth3"), diagnosis);
            assertFalse(diagnosis.contains("no program of udp-fanout is attached at veth3"), diagnosis);
        }
        try (SequenceTraffic traffic = new SequenceTraffic(lab.sender(), VipService.CLUSTER_IP, PER_SECOND)) {
            lab.awaitSticky();
            others.forEach(NeighbourProgram::close);
            lab.awaitServed("eth0", "veth1", "veth2", "veth3");
            lab.awaitSpread();
            lab.assertEven();
        }
        String diagnosis = doctor();
        assertFalse(diagnosis.contains("cannot be attached"), diagnosis);
    }

    private String doctor(String... more) {
        String[] command = {
            Distribution.command(),
            "doctor",
            "--config",
            lab.lab().config().toString(),
            "--pin-dir",
            lab.lab().pins().toString()
        };
        LabProcess doctor = lab.topology()
                .node()
                .start(
                        lab.lab().variables(),
                        line -> {},
                        Stream.of(command, more).flatMap(Stream::of).toArray(String[]::new));
        doctor.awaitExit(ServiceLab.LIMIT);
        return String.join("\n", doctor.lines());
    }
}
