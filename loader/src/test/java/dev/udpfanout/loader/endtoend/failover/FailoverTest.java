package dev.udpfanout.loader.endtoend.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.SequenceTraffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A VIP moves to another node while 10,000 datagrams a second are sent to it, and each datagram that is lost has its
 * reason: it was sent to a node that had nowhere to send it, or was dead. Times are printed, not asserted.
 */
@Tag("kernel")
class FailoverTest {
    private static final int MANY = 5_000;

    @TempDir
    private Path directory;

    private FailoverLab lab;

    private void start(String... daemonArguments) throws IOException {
        lab = new FailoverLab(directory, daemonArguments);
    }

    @AfterEach
    void tearDown() {
        if (lab != null) {
            lab.close();
        }
    }

    /** Sends for a while, and makes sure that all of it arrived at the owner; what happens next is the event. */
    private Timeline.Moment eventAfterTraffic(SequenceTraffic traffic) {
        FailoverLab.awaitSent(traffic, MANY);
        lab.awaitAllArrived(traffic);
        assertEquals(0, lab.other().received());
        return lab.timeline().note("event");
    }

    private static long counted(FailoverNode node, String what) {
        return (long) node.admin().metric("udp_fanout_packets_" + what + "_total");
    }

    /** Datagrams that a node's daemon counts as dropped, by reason, without the reasons that did not occur. */
    private static Map<String, Long> dropped(FailoverNode node) {
        Map<String, Long> dropped = new HashMap<>(node.admin().metricBy("reason", "udp_fanout_packets_dropped_total"));
        dropped.values().removeIf(packets -> packets == 0);
        return dropped;
    }

    private void print(String scenario, Timeline.Moment event, Timeline.Moment moved, ArrivedNumbers arrived) {
        StringBuilder text = new StringBuilder("failover, " + scenario + ":");
        lab.timeline()
                .firstAfter(event, FailoverLab.published(lab.owner().name(), false))
                .ifPresent(moment -> text.append(" not ready after %.1f ms,".formatted(moment.millisAfter(event))));
        lab.timeline()
                .firstAfter(event, FailoverLab.announced(lab.other().name()))
                .ifPresent(moment -> text.append(" gratuitous ARP %.1f ms,".formatted(moment.millisAfter(event))));
        System.out.println(text.append(
                " first datagram at the other node %.1f ms; %s".formatted(moved.millisAfter(event), arrived)));
    }

    /** The VIP moved because of a gratuitous ARP, once, and never back. */
    private void assertMovedOnce(Timeline.Moment event, ArrivedNumbers arrived) {
        Timeline.Moment announced = lab.timeline()
                .firstAfter(event, FailoverLab.announced(lab.other().name()))
                .orElseThrow();
        assertTrue(arrived.movedAt() >= announced.unsentFrom(), () -> announced + ", but " + arrived);
        assertEquals(0, arrived.atFirstFrom(arrived.movedAt()), arrived::toString);
    }

    /** The VIP moved because the owner had said that it is not ready. */
    private void assertPublishedFirst(Timeline.Moment event) {
        Timeline.Moment published = lab.timeline()
                .firstAfter(event, FailoverLab.published(lab.owner().name(), false))
                .orElseThrow();
        assertTrue(lab.timeline()
                .firstAfter(published, FailoverLab.announced(lab.other().name()))
                .isPresent());
    }

    private static void assertNoneLostBefore(Timeline.Moment event, ArrivedNumbers arrived) {
        BitSet lost = arrived.lost();
        assertTrue(lost.isEmpty() || lost.nextSetBit(0) >= event.unsentFrom(), () -> event + ", " + arrived);
    }

    /** What is lost was sent from the event on and before the VIP had moved. */
    private void assertLostOnlyBetween(Timeline.Moment event, ArrivedNumbers arrived) {
        assertNoneLostBefore(event, arrived);
        assertTrue(arrived.lost().length() <= arrived.movedAt(), arrived::toString);
    }

    @Test
    void shouldLoseNothingWhenTheOwnersDaemonIsToldToStop() throws Exception {
        start();
        FailoverNode owner = lab.owner();
        try (SequenceTraffic traffic = lab.traffic()) {
            Timeline.Moment event = eventAfterTraffic(traffic);
            owner.daemon().signal("TERM");
            Timeline.Moment moved = lab.awaitMoved();
            owner.daemon().awaitExit(FailoverNode.LIMIT);
            FailoverLab.awaitSent(traffic, MANY);
            ArrivedNumbers arrived = lab.stop(traffic);
            print("the daemon is told to stop", event, moved, arrived);
            assertMovedOnce(event, arrived);
            assertTrue(arrived.lost().isEmpty(), arrived::toString);
            assertEquals(arrived.movedAt(), arrived.atFirst().cardinality());
        }
        assertFalse(Files.exists(owner.pins()), "it has detached");
    }

    @Test
    void shouldLoseOnlyWhatWasSentToTheDeadNodeWhenItDies() throws Exception {
        start();
        FailoverNode owner = lab.owner();
        try (SequenceTraffic traffic = lab.traffic()) {
            Timeline.Moment event = eventAfterTraffic(traffic);
            owner.namespace().exec("ip", "link", "set", "eth0", "down");
            Timeline.Moment dead = lab.timeline().note("dead");
            owner.kill();
            lab.speakerOf(owner).close();
            Timeline.Moment moved = lab.awaitMoved();
            FailoverLab.awaitSent(traffic, MANY);
            ArrivedNumbers arrived = lab.stop(traffic);
            print("the node dies", event, moved, arrived);
            assertMovedOnce(event, arrived);
            assertLostOnlyBetween(event, arrived);
            assertTrue(
                    arrived.lost().nextClearBit((int) dead.next()) >= arrived.movedAt(), () -> dead + ", " + arrived);
            assertEquals(
                    Optional.empty(), lab.timeline().firstAfter(event, FailoverLab.published(owner.name(), false)));
        }
    }

    @Test
    void shouldLoseWhatItsDropCounterSaysWhenTheOwnersLastEndpointGoes() throws Exception {
        start();
        FailoverNode owner = lab.owner();
        try (SequenceTraffic traffic = lab.traffic()) {
            Timeline.Moment event = eventAfterTraffic(traffic);
            owner.serve(0);
            Timeline.Moment moved = lab.awaitMoved();
            FailoverLab.awaitSent(traffic, MANY);
            ArrivedNumbers arrived = lab.stop(traffic);
            print("the last endpoint goes", event, moved, arrived);
            assertMovedOnce(event, arrived);
            assertLostOnlyBetween(event, arrived);
            assertPublishedFirst(event);
            assertEquals(arrived.movedAt(), counted(owner, "received"));
            assertEquals(arrived.atFirst().cardinality(), counted(owner, "forwarded"));
            assertEquals(Map.of("no_endpoints", (long) arrived.lost().cardinality()), dropped(owner));
            assertEquals(Map.of(), dropped(lab.other()));
        }
    }

    @Test
    void shouldLoseWhatWentToDeadLinksAndWhatItsDropCounterSaysWhenTheOwnersPodsAreCutOff() throws Exception {
        // The daemon says at this level when it knows which link leads to which pod.
        start("--log-level", "debug");
        FailoverNode owner = lab.owner();
        try (SequenceTraffic traffic = lab.traffic()) {
            FailoverLab.awaitSent(traffic, MANY);
            owner.awaitLinksKnown();
            Timeline.Moment event = eventAfterTraffic(traffic);
            owner.namespace().execWithInput("link set veth1 down\nlink set veth2 down\n", "ip", "-batch", "-");
            Timeline.Moment moved = lab.awaitMoved();
            FailoverLab.awaitSent(traffic, MANY);
            ArrivedNumbers arrived = lab.stop(traffic);
            long intoDeadLinks = counted(owner, "forwarded") - arrived.atFirst().cardinality();
            print("the pods' links go down", event, moved, arrived);
            System.out.println("failover, of those " + intoDeadLinks + " into dead links, dropped " + dropped(owner));
            assertMovedOnce(event, arrived);
            assertLostOnlyBetween(event, arrived);
            assertPublishedFirst(event);
            assertEquals(arrived.movedAt(), counted(owner, "received"));
            assertEquals(
                    Map.of("no_endpoints", arrived.lost().cardinality() - intoDeadLinks),
                    dropped(owner),
                    arrived::toString);
        }
    }

    @Test
    void shouldKeepTheVipAndLoseNothingWhenTheOwnersDaemonIsKilled() throws Exception {
        start();
        FailoverNode owner = lab.owner();
        try (SequenceTraffic traffic = lab.traffic()) {
            Timeline.Moment event = eventAfterTraffic(traffic);
            owner.kill();
            FailoverLab.awaitSent(traffic, 2 * MANY);
            lab.restart(owner);
            FailoverLab.awaitSent(traffic, MANY);
            ArrivedNumbers arrived = lab.stop(traffic);
            System.out.println("failover, the daemon is killed: " + arrived);
            assertTrue(arrived.lost().isEmpty(), arrived::toString);
            assertEquals(arrived.sent(), arrived.movedAt(), arrived::toString);
            assertEquals(
                    Optional.empty(), lab.timeline().firstAfter(event, FailoverLab.published(owner.name(), false)));
            assertEquals(
                    Optional.empty(),
                    lab.timeline()
                            .firstAfter(event, FailoverLab.announced(lab.other().name())));
            assertEquals(arrived.sent(), counted(owner, "forwarded"), "counters go on");
        }
    }

    @Test
    void shouldMendTheDatapathAndLoseOnlyWhatCameMeanwhileWhenItsInterfaceIsDeleted() throws Exception {
        start();
        FailoverNode owner = lab.owner();
        try (SequenceTraffic traffic = lab.traffic()) {
            Timeline.Moment event = eventAfterTraffic(traffic);
            owner.namespace().exec("ip", "link", "del", "dummy0");
            Timeline.Moment gone = lab.timeline().note("gone");
            assertTrue(BoundedWait.until(() -> lab.hasFrom(gone.next()), FailoverNode.LIMIT));
            Timeline.Moment mended = lab.timeline().note("mended");
            FailoverLab.awaitSent(traffic, 2 * MANY);
            ArrivedNumbers arrived = lab.stop(traffic);
            System.out.printf(
                    "failover, dummy0 is deleted: a datagram arrives %.1f ms after it was gone; %s%n",
                    mended.millisAfter(gone), arrived);
            BitSet lost = arrived.lost();
            assertNoneLostBefore(event, arrived);
            assertTrue(lost.length() <= mended.next(), () -> mended + ", " + arrived);
            assertEquals(
                    arrived.sent() - lost.cardinality(),
                    counted(owner, "forwarded") + counted(lab.other(), "forwarded"));
            assertTrue(owner.admin().metric("udp_fanout_repairs_total") > 0);
        }
    }
}
