package dev.udpfanout.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class RunNameTest {
    @Test
    void shouldReadTheOwnerBackOutOfANamespacesName() {
        RunName run = new RunName(4711, 123_456_789L, 3);

        assertEquals(run, RunName.parse(run.namespace("pod12")).orElseThrow());
    }

    @Test
    void shouldTellThatThisProcessLives() {
        assertTrue(RunName.ofThisProcess(1).ownerLives());
    }

    @Test
    void shouldTellThatTheOwnerIsGoneWhenItsPidBelongsToAnother() {
        RunName own = RunName.ofThisProcess(1);

        assertFalse(new RunName(own.pid(), own.startTicks() + 1, 1).ownerLives());
    }

    @Test
    void shouldTellThatTheOwnerIsGoneWhenThereIsNoSuchProcess() {
        assertFalse(new RunName(4_194_305, 1, 1).ownerLives(), "above the kernel's highest possible pid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"node", "ufo-", "ufo-1-2-client", "ufo-x-1-1-pod1", "ufo-1-1-1-../etc", "cni-ufo-1-1-1-pod1"})
    void shouldNotClaimANamespaceThatTheLabDidNotName(String name) {
        assertTrue(RunName.parse(name).isEmpty());
    }
}
