package dev.udpfanout.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ReceiveTallyTest {
    private static final InetSocketAddress SOURCE = new InetSocketAddress("192.168.1.10", 1024);
    private static final UdpCounters NO_ERRORS = new UdpCounters(0, 0, 0, 0, 0);
    private static final long RUN = 99;

    private final ReceiveTally tally = new ReceiveTally(RUN, 1, 100);

    @Test
    void shouldCountNothingOddWhenAllComesInOrder() {
        receive(RUN, 0, 2, 5);

        ReceiverReport report = report();

        assertEquals(3, report.received());
        assertEquals("{0, 2, 5}", report.sequences().toString());
        assertEquals(0, report.duplicates() + report.reordered() + report.corrupt() + report.foreign());
        assertEquals(Map.of(SOURCE, 3L), report.sources());
    }

    @Test
    void shouldCountOneReorderedWhenALowerNumberComesLate() {
        receive(RUN, 0, 3, 1, 4);

        assertEquals(1, report().reordered());
    }

    @Test
    void shouldCountADuplicateOnceAndNotAsReordered() {
        receive(RUN, 0, 1, 2, 1);

        assertEquals(1, report().duplicates());
        assertEquals(0, report().reordered());
    }

    @Test
    void shouldKeepOddOnesOutOfTheSequences() {
        receive(RUN + 1, 3);
        byte[] changed = Payload.of(RUN, 4, 64);
        changed[40]++;
        tally.add(SOURCE, changed, changed.length);
        tally.add(SOURCE, new byte[8], 3);
        receive(RUN, 100);

        ReceiverReport report = report();

        assertEquals(1, report.foreign());
        assertEquals(1, report.corrupt());
        assertEquals(1, report.tooShort());
        assertEquals(1, report.beyondLimit());
        assertEquals(4, report.received());
        assertEquals(0, report.sequences().cardinality());
    }

    @Test
    void shouldKeepTheFirstPayloadsWhenAsked() {
        receive(RUN, 7, 8);

        assertEquals(1, tally.kept().size());
        assertArrayEquals(Payload.of(RUN, 7, 64), tally.kept().getFirst().payload());
    }

    private void receive(long run, long... sequences) {
        for (long sequence : sequences) {
            byte[] payload = Payload.of(run, sequence, 64);
            tally.add(SOURCE, payload, payload.length);
        }
    }

    private ReceiverReport report() {
        return tally.report("pod1", 0, NO_ERRORS);
    }
}
