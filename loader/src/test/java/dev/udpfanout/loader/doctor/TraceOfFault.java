package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.Fault.Traced;
import dev.udpfanout.loader.trace.Fate;
import dev.udpfanout.loader.trace.Fate.Outcome;
import dev.udpfanout.loader.trace.Story;
import dev.udpfanout.loader.trace.TracePlan;
import dev.udpfanout.loader.trace.TraceReport;
import dev.udpfanout.loader.trace.TraceText;
import dev.udpfanout.loader.trace.Tracer;
import dev.udpfanout.loader.trace.WayIn;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Traces what the lab's client sends while something is wrong. */
record TraceOfFault(DoctorLab lab) {
    /** Longer than the kernel asks for a neighbour. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Two receivers take turns. */
    private static final int COUNT = 4;

    /**
     * The hop at which a datagram dies is named, with the cause and what to do; or all arrive. The daemon may learn
     * later than doctor what has changed, so that datagrams arrive until then.
     */
    void assertTraced(Traced expected) {
        TraceReport[] last = new TraceReport[1];
        BoundedWait.until(
                () -> {
                    last[0] = trace(lab.way().destination(expected.port()), expected.payloadBytes());
                    return !expected.isLost() || !last[0].isDelivered();
                },
                DoctorLab.LIMIT);
        TraceReport report = last[0];
        String text = TraceText.of(report);
        if (!expected.isLost()) {
            assertTrue(report.isDelivered(), text);
            return;
        }
        List<Fate> lost = report.stories().stream()
                .map(Story::fate)
                .filter(fate -> fate.outcome() == Outcome.LOST)
                .toList();
        assertFalse(lost.isEmpty(), text);
        for (Fate fate : lost) {
            assertTrue(fate.where().startsWith(expected.where()), text);
            assertTrue(fate.cause().contains(expected.cause()), text);
            assertFalse(fate.remedy().isEmpty(), text);
        }
        assertTrue(expected.suspect().isEmpty() || report.suspects().toString().contains(expected.suspect()), text);
        assertEquals(
                0,
                report.stories().stream()
                        .filter(story -> story.fate().outcome() == Outcome.UNKNOWN)
                        .count(),
                text);
    }

    private TraceReport trace(InetSocketAddress to, int payloadBytes) {
        return lab.lab().topology().node().call(() -> {
            try (Network network = Network.open()) {
                WayIn wayIn = WayIn.choose(network, Optional.of("eth0"), to.getAddress(), Optional.empty());
                return new Tracer(network, slot -> "syslog")
                        .trace(new TracePlan(wayIn, to, payloadBytes, COUNT, 0, PATIENCE));
            }
        });
    }
}
