package dev.udpfanout.forwarder.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** What is the same flow, and how evenly hashes fall. */
@Tag("unit")
class FlowKeyPropertyTest {
    /** All that a key is made of; equal as records are. */
    record Parts(long high, long low, int scope, int port, long localHigh, long localLow) {
        FlowKey key() {
            FlowKey key = new FlowKey();
            key.setIpv6Client(high, low, scope, port);
            key.setIpv6Local(localHigh, localLow);
            return key;
        }
    }

    @Property
    void keysMatchExactlyWhenAllTheirPartsAreEqual(
            @ForAll @IntRange(max = 1) int high,
            @ForAll @IntRange(max = 1) int low,
            @ForAll @IntRange(max = 1) int scope,
            @ForAll @IntRange(max = 1) int port,
            @ForAll @IntRange(max = 3) int local,
            @ForAll @IntRange(max = 63) int changed,
            @ForAll long seed) {
        Parts one = new Parts(high, low, scope, port, local & 1, local >> 1);
        Parts other = new Parts(
                high ^ changed & 1,
                low ^ changed >> 1 & 1,
                scope ^ changed >> 2 & 1,
                port ^ changed >> 3 & 1,
                one.localHigh() ^ changed >> 4 & 1,
                one.localLow() ^ changed >> 5 & 1);
        assertEquals(one.equals(other), one.key().matches(other.key()));
        assertTrue(one.key().copy().matches(one.key()));
        assertEquals(one.key().hash(seed), one.key().copy().hash(seed));
    }

    /** Clients as they come: neighbouring addresses, neighbouring ports. */
    @Example
    void hashesOfNeighboursSpreadOverTheBuckets() {
        int buckets = 4096;
        Set<Integer> hit = new HashSet<>();
        FlowKey key = new FlowKey();
        for (int i = 0; i < buckets; i++) {
            key.setIpv4Client(0x0a000000 + i / 64, 32_768 + i % 64);
            hit.add(key.hash(12_345) & buckets - 1);
        }
        // Thrown at random, 63 % of the buckets are hit, with a deviation of 0.5 %.
        assertTrue(hit.size() > buckets * 0.58, () -> "only " + hit.size());
    }
}
