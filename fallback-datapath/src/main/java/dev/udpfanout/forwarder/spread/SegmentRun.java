package dev.udpfanout.forwarder.spread;

/**
 * Joins datagrams for one endpoint into one message that the kernel cuts up again (UDP_SEGMENT): all have the first
 * one's length, only the last may be shorter, and none is empty. Source: udp(7),
 * Documentation/networking/segmentation-offloads.rst.
 */
public final class SegmentRun {
    /** UDP_MAX_SEGMENTS of the kernels up to 6.x; newer ones allow more. Source: include/linux/udp.h. */
    public static final int MAX_DATAGRAMS = 64;

    /** Bytes of payload that fit one IPv4 packet with its headers; the shorter of IPv4 and IPv6. */
    public static final int MAX_BYTES = 65_507;

    private SegmentRun() {}

    /**
     * How many datagrams the message that starts with the given one takes; at least 1.
     *
     * @param lengths payload bytes of the batch's datagrams
     * @param first index of the message's first datagram
     * @param step distance to the same endpoint's next datagram
     * @param end where the batch ends
     * @param maxSegmentBytes the longest datagram that may be joined, 0 for none
     */
    public static int count(int[] lengths, int first, int step, int end, int maxSegmentBytes) {
        int segmentBytes = lengths[first];
        if (segmentBytes == 0 || segmentBytes > maxSegmentBytes) {
            return 1;
        }
        int count = 1;
        int totalBytes = segmentBytes;
        for (int i = first + step; i < end && count < MAX_DATAGRAMS; i += step) {
            int bytes = lengths[i];
            if (bytes == 0 || bytes > segmentBytes || totalBytes + bytes > MAX_BYTES) {
                break;
            }
            count++;
            totalBytes += bytes;
            if (bytes < segmentBytes) {
                break;
            }
        }
        return count;
    }
}
