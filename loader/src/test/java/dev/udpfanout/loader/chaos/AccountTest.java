package dev.udpfanout.loader.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each lost datagram belongs to the fault in whose time it was sent, or to none. */
@Tag("unit")
class AccountTest {
    private static final Fault LOSSLESS = Fault.lossless("kill -9", 1, (lab, random) -> {});
    private static final Fault LOSSY = Fault.lossy("link down", 1, (lab, random) -> {});
    private static final Fault BOUNDED = new Fault("swap", 3, Duration.ofSeconds(1), false, (lab, random) -> {});

    private static Incident incident(Fault fault, int from, int to, long overload) {
        return incident(fault, from, from, to, overload);
    }

    private static Incident incident(Fault fault, int from, int back, int to, long overload) {
        return new Incident(
                fault,
                List.of(from, from),
                List.of(back, back),
                List.of(to, to),
                Duration.ofMillis(to - from),
                new Counters(Map.of("pods' sockets", overload), 0),
                "");
    }

    private static BitSet numbers(int from, int to) {
        BitSet numbers = new BitSet();
        numbers.set(from, to);
        return numbers;
    }

    private static Account account(Incident incident, BitSet lost) {
        return Account.of(List.of(incident), List.of(new BitSet(), lost), 0);
    }

    @Test
    void shouldFailWhenAFaultThatMayLoseNothingLosesOne() {
        Account account = account(incident(LOSSLESS, 5_000, 6_000, 0), numbers(5_999, 6_000));
        assertFalse(account.passed());
        assertEquals(1, account.rows().getFirst().lost());
        assertTrue(account.failures().getFirst().contains("kill -9"), account.failures()::toString);
    }

    @Test
    void shouldExplainALossWhenItWasSentBeforeTheFaultWasMended() {
        Account account = account(incident(LOSSY, 5_000, 6_000, 0), numbers(4_900, 6_000));
        assertTrue(account.passed(), account.failures()::toString);
        assertEquals(1_100, account.rows().getFirst().lost());
        assertEquals(0, account.unexplained());
    }

    @Test
    void shouldNotExplainALossWhenItWasSentAfterTheFaultWasMended() {
        Account account = account(incident(LOSSY, 5_000, 6_000, 0), numbers(6_000, 6_002));
        assertFalse(account.passed());
        assertEquals(2, account.unexplained());
    }

    @Test
    void shouldNotExplainALossWhenItWasSentLongBeforeTheFault() {
        assertEquals(
                1,
                account(incident(LOSSY, 5_000, 6_000, 0), numbers(3_999, 4_000)).unexplained());
        assertEquals(
                1,
                account(incident(LOSSLESS, 5_000, 6_000, 0), numbers(4_999, 5_000))
                        .unexplained());
    }

    @Test
    void shouldFailWhenMoreIsLostThanTheFaultMayLose() {
        assertTrue(account(incident(BOUNDED, 5_000, 6_000, 0), numbers(5_000, 5_003))
                .passed());
        assertFalse(account(incident(BOUNDED, 5_000, 6_000, 0), numbers(5_000, 5_004))
                .passed());
    }

    @Test
    void shouldExcuseOnlyAsManyAsTheKernelCountedWhenTheMachineIsTooSlow() {
        assertTrue(account(incident(LOSSLESS, 5_000, 6_000, 2), numbers(5_000, 5_002))
                .passed());
        assertFalse(account(incident(LOSSLESS, 5_000, 6_000, 2), numbers(5_000, 5_003))
                .passed());
        assertTrue(Account.of(List.of(), List.of(numbers(0, 2)), 2).passed());
        assertFalse(Account.of(List.of(), List.of(numbers(0, 3)), 2).passed());
    }

    @Test
    void shouldFailWhenMoreIsLostThoughTheFaultItselfHasGivenBackWhatItTook() {
        Fault passing = Fault.passing("routes flushed", 20, (lab, random) -> {});
        assertTrue(account(incident(passing, 5_000, 6_000, 9_000, 0), numbers(5_000, 7_000))
                .passed());
        Account late = account(incident(passing, 5_000, 6_000, 9_000, 0), numbers(6_000, 7_001));
        assertFalse(late.passed());
        assertTrue(late.failures().getFirst().contains("lost 1 after"), late.failures()::toString);
        assertTrue(
                late.failures().getFirst().contains("of flow 1 1, the first 1,000 and the last 1,000 later"),
                late.failures()::toString);
        assertTrue(account(incident(passing, 5_000, 6_000, 9_000, 1), numbers(6_000, 7_001))
                .passed());
    }

    @Test
    void shouldNotTakeALinkThatIsDownForAMachineThatIsTooSlow() {
        Map<String, Long> byLinks = Map.of("client's link", 50L, "pods' queues", 7L);
        assertEquals(0, new Counters(byLinks, 0).overload());
        assertEquals(3, new Counters(byLinks, 3).overload());
        assertEquals(57, new Counters(byLinks, 900).overload(), "other nodes fill the CPUs' queues, too");
    }

    @Test
    void shouldFailWhenAFaultWasNotMended() {
        Incident never = new Incident(
                LOSSY,
                List.of(0, 0),
                List.of(0, 0),
                List.of(9, 9),
                Duration.ofSeconds(40),
                Counters.none(),
                "not mended");
        assertFalse(account(never, new BitSet()).passed());
    }

    @Test
    void shouldFitATerminalOf100ColumnsWhenEverythingIsLong() {
        Incident first = incident(LOSSLESS, 0, 3_000, 1_234);
        Account account = Account.of(List.of(first, first), List.of(numbers(0, 2_999), numbers(0, 9_999)), 0);
        String table = AccountTable.render(account);
        table.lines().forEach(line -> assertTrue(line.length() <= AccountTable.COLUMNS, line));
        assertTrue(table.contains("FAIL"), table);
    }
}
