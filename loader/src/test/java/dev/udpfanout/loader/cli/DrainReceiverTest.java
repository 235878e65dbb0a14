package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A receiver is drained under load: nothing is lost, and it gets nothing more. */
@Tag("kernel")
@Timeout(120)
class DrainReceiverTest extends LifeCycleLab {
    @Test
    void shouldSendADrainedReceiverNothingAndLoseNothing() throws Exception {
        write("auto", "", "");
        try (LabProcess daemon = start()) {
            SequenceTraffic traffic = traffic();
            awaitSent(traffic, 3_000);

            int lines = daemon.lines().size();
            weightOfTheFirst(", weight: 0");
            daemon.awaitLine("updated tc_ebpf downstream set listener_id=0 endpoints=2", lines, LIMIT);
            long sentBefore = traffic.next();
            assertTrue(BoundedWait.until(() -> received() >= sentBefore, LIMIT));
            long atDrained = received(0);
            awaitSent(traffic, 3_000);
            assertEquals(atDrained, received(0));

            lines = daemon.lines().size();
            weightOfTheFirst("");
            daemon.awaitLine("updated tc_ebpf downstream set listener_id=0 endpoints=3", lines, LIMIT);
            awaitSent(traffic, 3_000);
            assertNothingLost(traffic);
            assertTrue(received(0) > atDrained);
        }
    }

    private void weightOfTheFirst(String weight) throws Exception {
        String text = Files.readString(config).replaceFirst("(10\\.42\\.0\\.11:40514\")[^}]*}", "$1" + weight + " }");
        Files.writeString(directory.resolve("changed.yaml"), text);
        Files.move(directory.resolve("changed.yaml"), config, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
}
