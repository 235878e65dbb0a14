package dev.udpfanout.loader.datapath.kernel.frames;

import dev.udpfanout.bindings.abi.counter.DropReason;
import java.util.Optional;

/**
 * A row of the table: a packet in, and what comes of it.
 *
 * @param packets as what it counts
 * @param segments of a super-packet, as it says; 0 for none, and for one that has not been counted
 * @param segmentBytes of a super-packet; 0 for none
 */
record FrameRow(
        String what,
        byte[] frame,
        FrameOutcome outcome,
        Optional<DropReason> reason,
        String listener,
        int packets,
        int segments,
        int segmentBytes) {
    FrameRow segments(int count, int bytes) {
        return new FrameRow(what, frame, outcome, reason, listener, count, count, bytes);
    }

    /** A super-packet that says how long its segments are, and not how many. */
    FrameRow uncountedSegments(int count, int bytes) {
        return new FrameRow(what, frame, outcome, reason, listener, count, 0, bytes);
    }

    @Override
    public String toString() {
        return what + " → " + outcome + reason.map(why -> " " + why).orElse("");
    }
}
