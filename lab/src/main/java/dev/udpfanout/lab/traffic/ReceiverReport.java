package dev.udpfanout.lab.traffic;

import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Map;

/**
 * What one receiver got. Counts are datagrams.
 *
 * @param receiver its namespace's role, for example {@code pod1}
 * @param received all that came, the odd ones below included
 * @param sources how many from which address and port, as seen here
 * @param sequences the sequence numbers of intact payloads
 * @param duplicates intact ones whose sequence number had come before
 * @param reordered intact ones that came after a higher sequence number
 * @param beyondLimit intact ones whose sequence number was too high to be remembered
 * @param tooShort of fewer than 8 bytes: nothing to compare with
 * @param foreign of another run, or no payload of the lab's
 * @param corrupt of this run, but changed on the way
 * @param socketDrops thrown away by the kernel at this receiver's port
 * @param kernel the namespace's UDP counters from the receiver's start on
 */
public record ReceiverReport(
        String receiver,
        long received,
        Map<InetSocketAddress, Long> sources,
        BitSet sequences,
        long duplicates,
        long reordered,
        long beyondLimit,
        long tooShort,
        long foreign,
        long corrupt,
        long socketDrops,
        UdpCounters kernel) {}
