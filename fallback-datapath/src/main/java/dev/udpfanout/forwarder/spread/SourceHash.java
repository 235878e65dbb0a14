package dev.udpfanout.forwarder.spread;

import java.util.function.IntUnaryOperator;

/**
 * Each datagram to the endpoint that its sender leads to: the sender's hash is a bucket, and the bucket has an owner.
 *
 * <p>The hash begins as a seed. The upper and the lower half of the address
 * ({@link dev.udpfanout.forwarder.socket.SourceBits}), then the port if it counts, are each taken in by exclusive or,
 * after which the hash is mixed. The bucket is the highest bits.
 */
public final class SourceHash implements Spread.Chosen {
    private static final int MAX_BUCKET_BITS = 24;

    private final Mixing mixing;
    private final boolean withPort;
    private final int shift;
    private final char[] owners;

    /**
     * The numbers of the hash: whoever has the same has the same hash.
     *
     * @param seed what the hash begins as
     * @param first the odd number of the first multiplication, after which the upper half is folded onto the lower
     * @param second that of the second one, after which it is again
     */
    public record Mixing(long seed, long first, long second) {
        long mixed(long value) {
            long mixed = value * first;
            mixed ^= mixed >>> Integer.SIZE;
            mixed *= second;
            return mixed ^ mixed >>> Integer.SIZE;
        }
    }

    private SourceHash(Mixing mixing, boolean withPort, int shift, char[] owners) {
        this.mixing = mixing;
        this.withPort = withPort;
        this.shift = shift;
        this.owners = owners;
    }

    /**
     * A table of buckets.
     *
     * @param withPort whether a sender's port counts, or its address alone
     * @param bucketBits there are 2 to the power of this many buckets; 1 to 24
     * @param ownerOf the index of each bucket's endpoint in the table; 0 to 65535, asked for only here
     */
    public static SourceHash of(Mixing mixing, boolean withPort, int bucketBits, IntUnaryOperator ownerOf) {
        if (bucketBits < 1 || bucketBits > MAX_BUCKET_BITS) {
            throw new IllegalArgumentException("bucketBits: " + bucketBits + " is not in 1 to " + MAX_BUCKET_BITS);
        }
        char[] owners = new char[1 << bucketBits];
        for (int bucket = 0; bucket < owners.length; bucket++) {
            int owner = ownerOf.applyAsInt(bucket);
            if (owner < 0 || owner > Character.MAX_VALUE) {
                throw new IllegalArgumentException("bucket " + bucket + ": owner " + owner + " is not in 0 to 65535");
            }
            owners[bucket] = (char) owner;
        }
        return new SourceHash(mixing, withPort, Long.SIZE - bucketBits, owners);
    }

    @Override
    public int endpoint(long addressHigh, long addressLow, int port) {
        long hash = with(mixing.seed, addressHigh, addressLow);
        if (withPort) {
            hash = mixing.mixed(hash ^ port);
        }
        return owner(hash);
    }

    /** What every hash begins as. */
    long seed() {
        return mixing.seed;
    }

    /** The hash so far, with 128 bits behind it. */
    long with(long hash, long high, long low) {
        return with(with(hash, high), low);
    }

    /** The hash so far, with 64 bits behind it. */
    long with(long hash, long word) {
        return mixing.mixed(hash ^ word);
    }

    /** The index of the endpoint that a hash leads to. */
    int owner(long hash) {
        return owners[(int) (hash >>> shift)];
    }

    @Override
    public boolean readsSources() {
        return true;
    }

    @Override
    public int highestEndpoint() {
        int highest = 0;
        for (char owner : owners) {
            highest = Math.max(highest, owner);
        }
        return highest;
    }
}
