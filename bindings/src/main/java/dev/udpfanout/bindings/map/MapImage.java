package dev.udpfanout.bindings.map;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What a map held when it was read, byte for byte and in the kernel's own order, which stays while nobody writes (a
 * hash is read bucket by bucket: __htab_map_lookup_and_delete_batch in kernel/bpf/hashtab.c). To see whether a map is
 * as it was, its bytes are compared with these, and nothing is decoded.
 */
final class MapImage {
    private byte[] keys = new byte[0];
    private byte[] values = new byte[0];

    /** Appends the next entries. */
    void append(MemorySegment moreKeys, MemorySegment moreValues) {
        keys = joined(keys, moreKeys);
        values = joined(values, moreValues);
    }

    private static byte[] joined(byte[] first, MemorySegment then) {
        byte[] both = Arrays.copyOf(first, Math.toIntExact(first.length + then.byteSize()));
        MemorySegment.ofArray(both).asSlice(first.length).copyFrom(then);
        return both;
    }

    /** Reads it entry by entry. */
    void forEach(int bytesOfKey, int bytesOfValue, KeyedMap.EntryReader reader) {
        MemorySegment allKeys = aligned(keys);
        MemorySegment allValues = aligned(values);
        for (int i = 0; i < keys.length / bytesOfKey; i++) {
            reader.read(
                    allKeys.asSlice((long) bytesOfKey * i, bytesOfKey),
                    allValues.asSlice((long) bytesOfValue * i, bytesOfValue));
        }
    }

    /** Layouts with numbers are read from memory that is aligned for them. */
    private static MemorySegment aligned(byte[] bytes) {
        long[] words = new long[Math.ceilDiv(bytes.length, Long.BYTES)];
        return MemorySegment.ofArray(words).asSlice(0, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    /** Walks along an image while a map is read: whether the map is the same. */
    final class Comparison {
        private long keyBytes;
        private long valueBytes;
        private boolean isSame = true;

        /** Compares the next entries. */
        void next(MemorySegment moreKeys, MemorySegment moreValues) {
            isSame = isSame && isAt(keys, keyBytes, moreKeys) && isAt(values, valueBytes, moreValues);
            keyBytes += moreKeys.byteSize();
            valueBytes += moreValues.byteSize();
        }

        /** Whether all was the same, and is all that the image has. */
        boolean isSame() {
            return isSame && keyBytes == keys.length;
        }

        private static boolean isAt(byte[] image, long from, MemorySegment read) {
            return from + read.byteSize() <= image.length
                    && MemorySegment.mismatch(
                                    MemorySegment.ofArray(image),
                                    from,
                                    from + read.byteSize(),
                                    read,
                                    0,
                                    read.byteSize())
                            < 0;
        }
    }
}
