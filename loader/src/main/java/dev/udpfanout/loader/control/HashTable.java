package dev.udpfanout.loader.control;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Whose each bucket is, for {@code policy: hash}: the same on every node that has the same endpoints, in whatever order
 * it learnt of them.
 *
 * <p>As in Maglev (NSDI 2016, section 3.4), each endpoint has a permutation of the buckets of its own, and they take
 * turns at claiming the next of it. Other than there, one that finds the bucket taken does not look for another one in
 * the same turn. So whose a bucket is depends on nothing but who has it earliest in his permutation: when an endpoint
 * goes, its buckets move and no other does; when one comes, buckets move to it and nowhere else. The price is that
 * shares are not equal to the bucket, but vary as a sample does: of n endpoints and m buckets, by about the square root
 * of n / 2m.
 */
public final class HashTable {
    private static final int UNCLAIMED = -1;
    private static final long SPREAD = 0x9e3779b97f4a7c15L; // 2^64 divided by the golden ratio
    private static final int MULTIPLICATIONS = 3;

    private final List<InetSocketAddress> endpoints;
    private final int[] owners;

    private HashTable(List<InetSocketAddress> endpoints, int[] owners) {
        this.endpoints = endpoints;
        this.owners = owners;
    }

    /**
     * Works the table out, in a time that grows with the buckets and not with the endpoints.
     *
     * @param endpoints IPv4 or IPv6; one that is there twice counts once
     * @param bucketBits there are 2 to the power of this many buckets; 2 to 24
     */
    public static HashTable of(Collection<InetSocketAddress> endpoints, int bucketBits) {
        List<InetSocketAddress> sorted = endpoints.stream()
                .distinct()
                .sorted(Comparator.comparing(
                                (InetSocketAddress each) -> each.getAddress().getAddress(), Arrays::compareUnsigned)
                        .thenComparingInt(InetSocketAddress::getPort))
                .toList();
        int[] owners = new int[1 << bucketBits];
        Arrays.fill(owners, UNCLAIMED);
        Permutation[] permutations = sorted.stream()
                .map(endpoint -> new Permutation(endpoint, bucketBits))
                .toArray(Permutation[]::new);
        int unclaimed = sorted.isEmpty() ? 0 : owners.length;
        for (int turn = 0; unclaimed > 0; turn++) {
            for (int i = 0; i < permutations.length; i++) {
                int bucket = permutations[i].at(turn);
                if (owners[bucket] == UNCLAIMED) {
                    owners[bucket] = i;
                    unclaimed--;
                }
            }
        }
        return new HashTable(sorted, owners);
    }

    /** Each once, in an order that does not depend on that in which they were given. */
    public List<InetSocketAddress> endpoints() {
        return endpoints;
    }

    /** Whose a bucket is, as an index into {@link #endpoints()}; -1 if there are no endpoints. */
    public int owner(int bucket) {
        return owners[bucket];
    }

    /**
     * All buckets in an order that looks random, and is an endpoint's own. Multiplying by an odd number, adding, and
     * folding the upper half of the bits onto the lower each map the buckets one to one onto themselves.
     */
    record Permutation(int[] factors, int[] summands, int mask, int halfBits) {
        Permutation(InetSocketAddress endpoint, int bucketBits) {
            this(new int[MULTIPLICATIONS], new int[MULTIPLICATIONS], (1 << bucketBits) - 1, bucketBits / 2);
            long state = endpoint.getPort();
            for (byte part : endpoint.getAddress().getAddress()) {
                state = mixed(state + SPREAD ^ part & 0xff);
            }
            for (int i = 0; i < MULTIPLICATIONS; i++) {
                state += SPREAD;
                long number = mixed(state);
                factors[i] = (int) number | 1;
                summands[i] = (int) (number >>> Integer.SIZE);
            }
        }

        int at(int turn) {
            int bucket = turn & mask;
            for (int i = 0; i < MULTIPLICATIONS; i++) {
                bucket = bucket * factors[i] + summands[i] & mask;
                bucket ^= bucket >>> halfBits;
            }
            return bucket;
        }

        /** The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
        private static long mixed(long value) {
            long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
            return mixed ^ mixed >>> 31;
        }
    }
}
