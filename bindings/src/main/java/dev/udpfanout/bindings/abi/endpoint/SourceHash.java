package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.generated.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;

/** What the kernel program hashes a source with, as said at {@code UF_HASH_SEED}: the same on every node. */
public final class SourceHash {
    private static final ValueLayout.OfLong NETWORK_LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    /** What a hash begins as. */
    public static final long SEED = Abi.UF_HASH_SEED();

    /** What mixing multiplies by first. */
    public static final long FIRST_FACTOR = Abi.UF_HASH_FIRST();

    /** What mixing multiplies by after that. */
    public static final long SECOND_FACTOR = Abi.UF_HASH_SECOND();

    /** The bucket is as many of a hash's highest bits. */
    public static final int BUCKET_BITS = Abi.UF_HASH_BITS();

    private SourceHash() {}

    /** The hash of an address alone. */
    public static long of(InetAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = arena.allocate(MappedAddress.BYTES, Long.BYTES);
            MappedAddress.write(address, mapped);
            long hash = mix(Abi.UF_HASH_SEED() ^ mapped.get(NETWORK_LONG, 0));
            return mix(hash ^ mapped.get(NETWORK_LONG, Long.BYTES));
        }
    }

    /** The hash of an address and a port. */
    public static long of(InetAddress address, int port) {
        return mix(of(address) ^ port);
    }

    /** The bucket of {@link HashedEndpoints#BUCKETS} that a hash leads to. */
    public static int bucket(long hash) {
        return (int) (hash >>> (Long.SIZE - Abi.UF_HASH_BITS()));
    }

    private static long mix(long value) {
        long mixed = value * Abi.UF_HASH_FIRST();
        mixed ^= mixed >>> 32;
        mixed *= Abi.UF_HASH_SECOND();
        return mixed ^ mixed >>> 32;
    }
}
