package dev.udpfanout.bindings.abi.admission;

import dev.udpfanout.bindings.generated.abi.uf_bucket;
import dev.udpfanout.bindings.generated.abi.uf_limit;
import dev.udpfanout.bindings.generated.abi.uf_share;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * A value of the map LIMITS: {@code struct uf_limit}.
 *
 * @param packetsPerSecond at least 1; 0 where none was ever written
 * @param bucketPackets the most that the bucket holds
 * @param fillNs in how long it fills
 * @param batchPackets the most that a CPU draws in advance
 * @param generation another one makes CPUs forget what they have drawn
 */
public record PacketLimit(long packetsPerSecond, long bucketPackets, long fillNs, int batchPackets, int generation) {
    /** How it is laid out. */
    public static final Codec<PacketLimit> CODEC =
            new Codec<>(uf_limit.layout(), PacketLimit::write, PacketLimit::read);

    public static final long BYTES = uf_limit.sizeof();

    /** Bytes of a value of LIMIT_BUCKETS; all zero is a full one. */
    public static final long BUCKET_BYTES = uf_bucket.sizeof();

    /** Bytes of one CPU's part of a value of LIMIT_SHARES; all zero is an empty one. */
    public static final long SHARE_BYTES = uf_share.sizeof();

    private static final long SECOND_NS = 1_000_000_000;

    /** More would save no time worth mentioning: one draw in so many datagrams takes the lock. */
    private static final int MAX_BATCH = 64;

    /**
     * The limit that lets no more than {@code burst} datagrams through at once, over all CPUs: at most half of them are
     * in what CPUs have drawn in advance.
     *
     * @param packetsPerSecond 1 or more
     * @param burst 1 or more; with packetsPerSecond such that the bucket fills within 2^62 ns
     * @param cpus that may draw: all that could ever be there
     */
    public static PacketLimit of(int packetsPerSecond, int burst, int cpus, int generation) {
        int batch = Math.min(MAX_BATCH, burst / (2 * cpus));
        long bucket = burst - (long) batch * cpus;
        return new PacketLimit(
                packetsPerSecond, bucket, Math.ceilDiv(bucket * SECOND_NS, packetsPerSecond), batch, generation);
    }

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_limit.allocate(allocator);
        uf_limit.pkts_per_second(value, packetsPerSecond);
        uf_limit.bucket_pkts(value, bucketPackets);
        uf_limit.fill_ns(value, fillNs);
        uf_limit.batch_pkts(value, batchPackets);
        uf_limit.generation(value, generation);
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static PacketLimit read(MemorySegment value) {
        return new PacketLimit(
                uf_limit.pkts_per_second(value),
                uf_limit.bucket_pkts(value),
                uf_limit.fill_ns(value),
                uf_limit.batch_pkts(value),
                uf_limit.generation(value));
    }
}
