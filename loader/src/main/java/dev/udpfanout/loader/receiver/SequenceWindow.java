package dev.udpfanout.loader.receiver;

/**
 * Which numbers of one run have come, without keeping all of them: the last {@value #WINDOW} are remembered. A number
 * that is older than that counts as late, as it cannot be told from a duplicate.
 */
final class SequenceWindow {
    static final int WINDOW = 1 << 16;

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private long first = -1;
    private long highest = -1;
    private long distinct;
    private long duplicated;
    private long reordered;
    private long late;

    void add(long number) {
        if (first < 0 && number >= 0) {
            first = number;
            highest = number;
        } else if (number > highest) {
            forget(number);
            highest = number;
        } else if (number < 0 || number <= highest - WINDOW) {
            late++;
            return;
        } else if (isSeen(number)) {
            duplicated++;
            return;
        } else {
            reordered++;
            first = Math.min(first, number);
        }
        distinct++;
        int bit = (int) (number % WINDOW);
        seen[bit / Long.SIZE] |= 1L << bit;
    }

    private boolean isSeen(long number) {
        int bit = (int) (number % WINDOW);
        return (seen[bit / Long.SIZE] & 1L << bit) != 0;
    }

    /** Makes room up to a number: what was in those places is older than the window. */
    private void forget(long upTo) {
        long steps = Math.min(WINDOW, upTo - highest);
        for (long step = 0; step < steps; step++) {
            int bit = (int) ((upTo - step) % WINDOW);
            seen[bit / Long.SIZE] &= ~(1L << bit);
        }
    }

    /**
     * How many numbers between the lowest and the highest have not come. One that came late has; if it came twice, that
     * hides one that is missing.
     */
    long missing() {
        return first < 0 ? 0 : Math.max(0, highest - first + 1 - distinct - late);
    }

    long duplicated() {
        return duplicated;
    }

    long reordered() {
        return reordered;
    }

    long late() {
        return late;
    }
}
