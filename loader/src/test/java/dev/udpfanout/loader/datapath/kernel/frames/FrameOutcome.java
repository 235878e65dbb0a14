package dev.udpfanout.loader.datapath.kernel.frames;

/** The verdict, and whether the packet comes out edited or as it was. */
enum FrameOutcome {
    /** Redirected, with the endpoint's address and port and one hop less. */
    FORWARDED(TestRunNode.REDIRECT),
    /** Left to the next program, not counted. */
    NOT_OURS(TestRunNode.UNSPEC),
    /** Left to the stack, counted by its reason. */
    TO_STACK(TestRunNode.UNSPEC),
    /** Left to the stack with the endpoint's address and port, to be cut; counted as forwarded. */
    BY_STACK(TestRunNode.UNSPEC),
    /** Made an answer to the sender and redirected, counted by its reason. */
    ANSWERED(TestRunNode.REDIRECT),
    /** Freed, counted by its reason. */
    DROPPED(TestRunNode.SHOT);

    final int verdict;

    FrameOutcome(int verdict) {
        this.verdict = verdict;
    }
}
