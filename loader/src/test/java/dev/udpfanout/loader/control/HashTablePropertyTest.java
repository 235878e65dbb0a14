package dev.udpfanout.loader.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.control.HashTable.Permutation;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** Whose a bucket is: against a naive search, and what moves when an endpoint goes or comes. */
@Tag("unit")
class HashTablePropertyTest {
    /** As many buckets as in the kernel. */
    private static final int BITS = 18;

    private static final int BUCKETS = 1 << BITS;

    /** Pods as a cluster has them: mostly neighbours, of one port. */
    private static List<InetSocketAddress> pods(Random random, int count) {
        Set<Integer> hosts = new TreeSet<>();
        while (hosts.size() < count) {
            hosts.add(random.nextInt(2 * count));
        }
        return hosts.stream()
                .map(host -> new InetSocketAddress(
                        random.nextInt(8) == 0
                                ? "2001:db8::" + Integer.toHexString(host)
                                : "10.42." + host / 256 + "." + host % 256,
                        5514))
                .toList();
    }

    private static InetSocketAddress owner(HashTable table, int bucket) {
        return table.endpoints().get(table.owner(bucket));
    }

    @Property
    void shouldGiveEachBucketToTheOneWhoHasItEarliestInHisPermutation(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 20) int count,
            @ForAll @IntRange(min = 2, max = 8) int bits) {
        HashTable table = HashTable.of(pods(random, count), bits);
        for (int bucket = 0; bucket < 1 << bits; bucket++) {
            int earliest = Integer.MAX_VALUE;
            InetSocketAddress naive = null;
            for (InetSocketAddress endpoint : table.endpoints()) {
                Permutation permutation = new Permutation(endpoint, bits);
                int turn = 0;
                while (permutation.at(turn) != bucket) {
                    turn++;
                }
                if (turn < earliest) {
                    earliest = turn;
                    naive = endpoint;
                }
            }
            assertEquals(naive, owner(table, bucket));
        }
    }

    @Property
    void shouldGoThroughAllBucketsOnceInEachPermutation(
            @ForAll Random random, @ForAll @IntRange(min = 2, max = 13) int bits) {
        Permutation permutation = new Permutation(pods(random, 1).getFirst(), bits);
        BitSet seen = new BitSet();
        IntStream.range(0, 1 << bits).forEach(turn -> seen.set(permutation.at(turn)));
        assertEquals(1 << bits, seen.cardinality());
    }

    @Property(tries = 20)
    void shouldBeTheSameWhateverTheOrderOfTheEndpoints(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 60) int count) {
        List<InetSocketAddress> pods = pods(random, count);
        List<InetSocketAddress> shuffled = new ArrayList<>(pods);
        Collections.shuffle(shuffled, random);
        shuffled.add(shuffled.getFirst());
        HashTable one = HashTable.of(pods, BITS);
        HashTable other = HashTable.of(shuffled, BITS);
        assertEquals(one.endpoints(), other.endpoints());
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            assertEquals(one.owner(bucket), other.owner(bucket));
        }
    }

    @Property(tries = 40)
    void shouldMoveTheBucketsOfTheOneThatGoesAndNoOthers(
            @ForAll Random random, @ForAll @IntRange(min = 2, max = 100) int count) {
        List<InetSocketAddress> pods = pods(random, count);
        InetSocketAddress gone = pods.get(random.nextInt(count));
        HashTable before = HashTable.of(pods, BITS);
        HashTable after =
                HashTable.of(pods.stream().filter(pod -> !pod.equals(gone)).toList(), BITS);
        int moved = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (!owner(before, bucket).equals(owner(after, bucket))) {
                assertEquals(gone, owner(before, bucket), "moved without need");
                moved++;
            }
        }
        double most = 1.1 * BUCKETS / count;
        assertTrue(moved <= most, moved + " of " + BUCKETS + " buckets moved; at most " + most);
    }

    @Property(tries = 20)
    void shouldGiveSharesThatVaryAsASampleDoes(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 1000) int count) {
        HashTable table = HashTable.of(pods(random, count), BITS);
        int[] shares = new int[count];
        IntStream.range(0, BUCKETS).forEach(bucket -> shares[table.owner(bucket)]++);
        double fair = (double) BUCKETS / count;
        // Six standard deviations, and what the order of turns gives the first ones before the last.
        double most = 6 * Math.sqrt(fair / 2) + count;
        for (int share : shares) {
            assertEquals(fair, share, most);
        }
    }

    @Example
    void shouldHaveNoOwnersWhenThereAreNoEndpoints() {
        HashTable table = HashTable.of(List.of(), 4);
        assertEquals(List.of(), table.endpoints());
        assertEquals(-1, table.owner(3));
    }

    @Example
    void shouldFindAnOwnerForEachBucketWhenThereAreAsManyEndpointsAsTheKernelTakes() {
        List<InetSocketAddress> pods = IntStream.range(0, 65_535)
                .mapToObj(i -> new InetSocketAddress("10.42." + i / 256 + "." + i % 256, 5514))
                .toList();
        HashTable table = HashTable.of(pods, BITS);
        IntStream.range(0, BUCKETS).forEach(bucket -> assertTrue(table.owner(bucket) >= 0));
    }
}
