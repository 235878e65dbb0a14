package dev.udpfanout.forwarder.spread;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Chains against a map of lists. */
@Tag("unit")
class ChainsPropertyTest {
    @Property
    void everyBatchIsSortedByEndpointInOrder(
            @ForAll @Size(max = 10) List<@Size(max = 64) List<@IntRange(max = 20) Integer>> batches) {
        Chains chains = new Chains(64);
        chains.useEndpoints(21);
        for (List<Integer> batch : batches) {
            Map<Integer, List<Integer>> expected = new LinkedHashMap<>();
            for (int i = 0; i < batch.size(); i++) {
                expected.computeIfAbsent(batch.get(i), endpoint -> new ArrayList<>())
                        .add(i);
            }
            chains.link(batch.stream().mapToInt(Integer::intValue).toArray(), batch.size());
            List<List<Integer>> linked = new ArrayList<>();
            for (int chain = 0; chain < chains.count(); chain++) {
                List<Integer> datagrams = new ArrayList<>();
                for (int i = chains.first(chain); i != Chains.NONE; i = chains.next(i)) {
                    datagrams.add(i);
                }
                linked.add(datagrams);
            }
            assertEquals(List.copyOf(expected.values()), linked);
        }
    }
}
