package dev.udpfanout.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code bench/gate} leaves no worktree behind, however it ends. */
@Tag("kernel")
class GateScriptTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static LabProcess start(String commit) {
        return LabProcess.start(List.of("sh", "../bench/gate", commit), Map.of(), line -> {});
    }

    @Test
    void shouldRemoveItsWorktreeAndEndItsBuildWhenInterrupted() {
        assumeTrue(Files.exists(Path.of("../.git")), "a commit can be had in a repository only");
        LabProcess gate = start("HEAD");
        String line = gate.awaitLine("building HEAD", LIMIT);
        Path worktree = Path.of(line.substring(line.indexOf(" in ") + 4));
        assertTrue(Files.exists(worktree));
        List<ProcessHandle> children =
                ProcessHandle.of(gate.pid()).orElseThrow().descendants().toList();
        gate.signal("TERM");
        gate.awaitExit(LIMIT);
        assertFalse(Files.exists(worktree), () -> worktree + " is left behind");
        String worktrees = Command.run(List.of("git", "worktree", "list"));
        assertFalse(worktrees.contains(worktree.toString()), worktrees);
        assertTrue(
                BoundedWait.until(() -> children.stream().noneMatch(ProcessHandle::isAlive), LIMIT),
                () -> "still alive: " + children);
    }

    @Test
    void shouldSayWhichCommitThereIsNotAndExitWithTwo() {
        LabProcess gate = start("no-such-commit");
        assertEquals(2, gate.awaitExit(LIMIT));
        assertTrue(gate.lines().toString().contains("no-such-commit"), () -> gate.lines()
                .toString());
    }
}
