package dev.udpfanout.bindings.abi.counter;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Elements of a field that is an array of {@code __u64}. jextract's own accessors with an index, as the committed ones
 * are, leave the field's offset in its structure out: {@code uf_replies.pkts_dropped(replies, 1)} is what
 * {@code pkts_forwarded} holds.
 */
final class CounterArray {
    private CounterArray() {}

    /**
     * Reads an element.
     *
     * @param array the whole field, from the accessor without an index
     */
    static long at(MemorySegment array, int index) {
        return array.getAtIndex(ValueLayout.JAVA_LONG, index);
    }
}
