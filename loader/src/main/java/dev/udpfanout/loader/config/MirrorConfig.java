package dev.udpfanout.loader.config;

/**
 * A second set of receivers, which gets a copy of some of a listener's datagrams.
 *
 * @param receivers who gets them: by turns, whatever the listener's own policy
 * @param sample of how many datagrams one is copied: 1 for all
 */
public record MirrorConfig(ReceiverSet receivers, int sample) {
    /** What {@code sample} may be at the most. */
    public static final int MAX_SAMPLE = 1_000_000;
}
