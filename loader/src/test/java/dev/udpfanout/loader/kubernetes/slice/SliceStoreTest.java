package dev.udpfanout.loader.kubernetes.slice;

import static dev.udpfanout.loader.kubernetes.fake.Slices.identified;
import static dev.udpfanout.loader.kubernetes.fake.Slices.ofService;
import static dev.udpfanout.loader.kubernetes.fake.Slices.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SliceStoreTest {
    private static final int MOST = 10;

    private final SliceStore<EndpointSlice> store =
            new SliceStore<>(MOST, slice -> slice.getEndpoints().size(), slice -> TrimmedSlice.of(slice, true));

    private static EndpointSlice slice(String name, int endpoints) {
        return ofService(
                name,
                "syslog",
                5514,
                IntStream.range(0, endpoints)
                        .mapToObj(n -> identified("uid-of-" + n, pod(name + n, "10.0.0." + n)))
                        .toArray(Endpoint[]::new));
    }

    private void put(EndpointSlice slice) {
        store.put(store.getKey(slice), slice);
    }

    private List<String> names() {
        return store.values().map(slice -> slice.getMetadata().getName()).toList();
    }

    @Test
    void shouldKeepTheFirstSlicesByNameInWhateverOrderTheyCome() {
        for (int seed = 0; seed < 50; seed++) {
            SliceStore<EndpointSlice> any =
                    new SliceStore<>(MOST, slice -> slice.getEndpoints().size(), slice -> slice);
            List<EndpointSlice> slices = new ArrayList<>(Stream.of("a", "b", "c", "d", "e")
                    .map(name -> slice(name, 4))
                    .toList());
            Collections.shuffle(slices, new Random(seed));
            slices.forEach(slice -> any.put(any.getKey(slice), slice));

            assertEquals(
                    List.of("a", "b", "c"),
                    any.values().map(slice -> slice.getMetadata().getName()).toList());
            assertEquals(8, any.leftOutEndpoints());
            assertEquals(5, any.keySet().count());
            assertFalse(any.isOutdated());
        }
    }

    @Test
    void shouldBeOutdatedWhenThereIsRoomForWhatItDoesNotHave() {
        put(slice("a", 10));
        put(slice("b", 3));
        assertEquals(List.of("a"), names());
        assertEquals(3, store.leftOutEndpoints());

        put(slice("a", 2));
        assertTrue(store.isOutdated());
        put(slice("b", 3));
        assertFalse(store.isOutdated());
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void shouldForgetWhatIsRemovedWhetherItIsKeptOrNot() {
        put(slice("a", 10));
        put(slice("b", 3));
        store.remove("logging/b");
        assertEquals(0, store.leftOutEndpoints());
        store.remove("logging/a");
        assertEquals(0, store.size());
        assertFalse(store.isOutdated());
        put(slice("z", 10));
        assertEquals(List.of("z"), names());
    }

    @Test
    void shouldKeepAllThatIsReadOfASlice() {
        EndpointSlice whole = slice("a", 2);
        whole.getMetadata().getAnnotations().put("udp-fanout.dev/weight", "7");
        whole.getMetadata().getAnnotations().put("example.com/long", "x".repeat(1000));
        put(whole);

        EndpointSlice kept = store.get("logging/a");
        assertEquals(
                java.util.Map.of("udp-fanout.dev/weight", "7"),
                kept.getMetadata().getAnnotations());
        assertEquals("a1", kept.getEndpoints().getLast().getTargetRef().getName());
        assertEquals("uid-of-1", kept.getEndpoints().getLast().getTargetRef().getUid());
        assertEquals("node-a", kept.getEndpoints().getLast().getNodeName());
        assertTrue(kept.getEndpoints().getLast().getConditions().getReady());
        assertEquals(List.of("10.0.0.1"), kept.getEndpoints().getLast().getAddresses());
    }

    /** Anybody who may write slices may write a long one, of which there may be 65,536. */
    @Test
    void shouldForgetAUidThatIsLongerThanOneIs() {
        EndpointSlice slice = slice("a", 1);
        slice.getEndpoints().getFirst().getTargetRef().setUid("x".repeat(37));
        put(slice);

        assertNull(uid(store.get("logging/a")));
    }

    @Test
    void shouldKeepUidsOnlyWhereTheyAreRead() {
        assertEquals("uid-of-0", uid(TrimmedSlice.of(slice("a", 1), true)));
        assertNull(uid(TrimmedSlice.of(slice("a", 1), false)));
    }

    private static String uid(EndpointSlice slice) {
        return slice.getEndpoints().getFirst().getTargetRef().getUid();
    }
}
