package dev.udpfanout.lab.metallb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class VipOwnerTest {
    @Test
    void shouldTakeTheFirstInTheOrderOfHashesWhateverTheOrderOfNodes() {
        // printf 'node-b#192.168.1.100' | sha256sum begins with less than the same of node-a.
        assertEquals(Optional.of("node-b"), VipOwner.of("192.168.1.100", List.of("node-a", "node-b")));
        assertEquals(Optional.of("node-b"), VipOwner.of("192.168.1.100", List.of("node-b", "node-a")));
    }

    @Test
    void shouldTakeWhoIsLeftWhenTheFirstIsGone() {
        assertEquals(Optional.of("node-a"), VipOwner.of("192.168.1.100", Set.of("node-a")));
        assertEquals(Optional.empty(), VipOwner.of("192.168.1.100", Set.of()));
    }
}
