package dev.udpfanout.lab.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class VerdictTest {
    private static final int CPUS = 2;

    @Test
    void shouldPassWhenAllArriveEvenlySpread() {
        Verdict verdict = Verdict.of(PhaseFixture.spread(10, 4, 3, 3), CPUS);

        assertTrue(verdict.passed(), verdict.line());
    }

    @Test
    void shouldPassWhenPodsDifferByOneDatagramPerCpu() {
        assertTrue(Verdict.of(PhaseFixture.spread(10, 4, 4, 2), CPUS).passed());
    }

    @Test
    void shouldFailWhenPodsDifferByMore() {
        assertEquals(
                "FAIL: pods differ by 3 datagrams, more than one per CPU (2)",
                Verdict.of(PhaseFixture.spread(10, 5, 3, 2), CPUS).line());
    }

    @Test
    void shouldFailWhenADatagramIsLost() {
        assertEquals(
                List.of("1 datagram lost"),
                Verdict.of(PhaseFixture.spread(10, 3, 3, 3), CPUS).problems());
    }

    @Test
    void shouldSayWhereDatagramsWereLostWhenTheReceiverWasTooSlow() {
        PhaseResult result =
                PhaseFixture.phase(10, new PodFixture("pod1").sequences(0, 8).drops(2));

        assertEquals(
                List.of("2 datagrams lost", "2 datagrams of them dropped at a receiver's full buffer"),
                Verdict.of(result, CPUS).problems());
    }

    @Test
    void shouldFailWhenTwoPodsGotTheSameDatagram() {
        PhaseResult result =
                PhaseFixture.phase(4, new PodFixture("pod1").sequences(0, 3), new PodFixture("pod2").sequences(2, 4));

        assertEquals(List.of("1 datagram duplicated"), Verdict.of(result, CPUS).problems());
    }

    @Test
    void shouldFailWhenAPayloadWasChangedOrAChecksumWrong() {
        PhaseResult result = PhaseFixture.phase(
                4, new PodFixture("pod1").sequences(0, 2).corrupt(1).checksumErrors(1));

        assertEquals(
                List.of("2 datagrams lost", "1 datagram corrupted", "1 datagram with a wrong checksum"),
                Verdict.of(result, CPUS).problems());
    }

    @Test
    void shouldFailWhenThePodsDoNotSeeTheClient() {
        PhaseResult result =
                PhaseFixture.phase(2, new PodFixture("pod1").sequences(0, 2).source("10.42.0.1", 4000));

        assertEquals(
                List.of("the pods saw the source 10.42.0.1:4000 instead of 192.168.1.10:40000"),
                Verdict.of(result, CPUS).problems());
    }

    @Test
    void shouldFailWhenNothingWasSent() {
        assertEquals(
                "nothing was sent",
                Verdict.of(PhaseFixture.spread(0, 0), CPUS).problems().getFirst());
    }
}
