package dev.udpfanout.forwarder.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

@Tag("unit")
class ReceiveErrorLogTest {
    @Test
    void shouldReportAtMostOnceAnInterval() {
        AtomicLong clockNs = new AtomicLong(Long.MAX_VALUE - 5);
        List<Runnable> reports = new ArrayList<>();
        ReceiveErrorLog log =
                new ReceiveErrorLog(NOPLogger.NOP_LOGGER, reports::add, clockNs::get, Duration.ofNanos(100));
        log.onError("one");
        log.onError("two");
        assertEquals(1, reports.size());
        // Past the point where the clock overflows.
        clockNs.addAndGet(99);
        log.onError("three");
        assertEquals(1, reports.size());
        clockNs.addAndGet(1);
        log.onError("four");
        assertEquals(2, reports.size());
    }
}
