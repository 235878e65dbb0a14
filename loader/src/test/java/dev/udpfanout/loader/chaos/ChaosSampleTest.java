package dev.udpfanout.loader.chaos;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first faults of a run of {@code make chaos}. */
@Tag("kernel")
class ChaosSampleTest {
    private static final Duration TIME = Duration.ofSeconds(35);
    private static final long SEED = 16;

    @Test
    void shouldExplainEveryLossWhenOneFaultFollowsTheOther() throws IOException {
        List<String> said = new ArrayList<>();
        Account account = ChaosRun.run(TIME, SEED, fault -> true, said::add);
        assertTrue(
                account.passed(),
                () -> String.join("\n", said) + "\n" + AccountTable.render(account)
                        + String.join("\n", account.failures()));
        assertTrue(account.rows().size() >= 3, () -> String.join("\n", said));
    }
}
