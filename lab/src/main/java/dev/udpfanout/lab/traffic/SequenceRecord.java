package dev.udpfanout.lab.traffic;

import java.util.BitSet;

/** Which sequence numbers came, which came twice, and which came after a higher one. */
final class SequenceRecord {
    private final int limit;
    private final BitSet seen = new BitSet();
    private long highest = -1;
    private long duplicates;
    private long reordered;
    private long beyondLimit;

    /** @param limit sequence numbers from here on are counted, not remembered: bounds the memory to limit / 8 bytes */
    SequenceRecord(int limit) {
        this.limit = limit;
    }

    void add(long sequence) {
        if (sequence < 0 || sequence >= limit) {
            beyondLimit++;
            return;
        }
        int index = (int) sequence;
        if (seen.get(index)) {
            duplicates++;
            return;
        }
        seen.set(index);
        if (sequence < highest) {
            reordered++;
        } else {
            highest = sequence;
        }
    }

    BitSet seen() {
        return (BitSet) seen.clone();
    }

    long duplicates() {
        return duplicates;
    }

    long reordered() {
        return reordered;
    }

    long beyondLimit() {
        return beyondLimit;
    }
}
