package dev.udpfanout.forwarder.admission;

import dev.udpfanout.forwarder.socket.SourceBits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Where datagrams may come from, as ranges of addresses that neither touch nor overlap, in ascending order: a look-up
 * is a binary search in arrays of numbers. Which of several prefixes has an address does not matter. Immutable.
 */
public final class AllowedSources {
    private static final int IPV4_OFFSET_BITS = 96;

    private final long[] firstHigh;
    private final long[] firstLow;
    private final long[] lastHigh;
    private final long[] lastLow;

    private AllowedSources(List<Range> ranges) {
        firstHigh = ranges.stream().mapToLong(Range::firstHigh).toArray();
        firstLow = ranges.stream().mapToLong(Range::firstLow).toArray();
        lastHigh = ranges.stream().mapToLong(Range::lastHigh).toArray();
        lastLow = ranges.stream().mapToLong(Range::lastLow).toArray();
    }

    /** Those of the prefixes, which may overlap and be of both families. */
    public static AllowedSources of(Collection<SourcePrefix> prefixes) {
        List<Range> sorted = prefixes.stream()
                .map(Range::of)
                .sorted((one, other) -> compare(one.firstHigh, one.firstLow, other.firstHigh, other.firstLow))
                .toList();
        List<Range> joined = new ArrayList<>();
        for (Range range : sorted) {
            if (joined.isEmpty() || !joined.getLast().meets(range)) {
                joined.add(range);
            } else {
                joined.add(joined.removeLast().with(range));
            }
        }
        return new AllowedSources(joined);
    }

    /** Whether an address, as {@link SourceBits} has it, is among them. */
    public boolean contains(long high, long low) {
        int from = 0;
        int to = firstHigh.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (compare(firstHigh[middle], firstLow[middle], high, low) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        // The last range that begins at the address or before it.
        return from > 0 && compare(high, low, lastHigh[from - 1], lastLow[from - 1]) <= 0;
    }

    private static int compare(long high, long low, long otherHigh, long otherLow) {
        return high == otherHigh ? Long.compareUnsigned(low, otherLow) : Long.compareUnsigned(high, otherHigh);
    }

    private record Range(long firstHigh, long firstLow, long lastHigh, long lastLow) {
        static Range of(SourcePrefix prefix) {
            int length = prefix.network().getAddress().length;
            int bits = length == 4 ? IPV4_OFFSET_BITS + prefix.bits() : prefix.bits();
            long highMask = mask(bits);
            long lowMask = mask(bits - Long.SIZE);
            long high = SourceBits.high(prefix.network()) & highMask;
            long low = SourceBits.low(prefix.network()) & lowMask;
            return new Range(high, low, high | ~highMask, low | ~lowMask);
        }

        private static long mask(int bits) {
            return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << Long.SIZE - bits;
        }

        /** Whether a range that begins no earlier begins in this one or right behind it. */
        boolean meets(Range later) {
            long nextLow = lastLow + 1;
            long nextHigh = nextLow == 0 ? lastHigh + 1 : lastHigh;
            boolean isAllUp = nextLow == 0 && nextHigh == 0;
            return isAllUp || compare(later.firstHigh, later.firstLow, nextHigh, nextLow) <= 0;
        }

        Range with(Range later) {
            return compare(lastHigh, lastLow, later.lastHigh, later.lastLow) >= 0
                    ? this
                    : new Range(firstHigh, firstLow, later.lastHigh, later.lastLow);
        }
    }
}
