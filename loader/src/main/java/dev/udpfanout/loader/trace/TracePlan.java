package dev.udpfanout.loader.trace;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What to trace.
 *
 * @param wayIn by which interface, and from whom
 * @param destination where to
 * @param payloadBytes of a test datagram
 * @param count how many datagrams
 * @param liveEvery 0: test datagrams are sent; else one real datagram in so many is followed
 * @param patience how long the last one may take
 */
public record TracePlan(
        WayIn wayIn, InetSocketAddress destination, int payloadBytes, int count, int liveEvery, Duration patience) {
    private static final int MOST_DATAGRAMS = 1000;

    /** BPF_PROG_TEST_RUN takes a frame of a page less headroom and tailroom: bpf_test_init in net/bpf/test_run.c. */
    private static final int MOST_PAYLOAD_BYTES = 3500;

    private static final int MOST_SECONDS = 3600;

    /** @throws IllegalArgumentException names what is out of range */
    public TracePlan {
        require(count >= 1 && count <= MOST_DATAGRAMS, "--count: " + count + " is not in 1.." + MOST_DATAGRAMS);
        require(
                patience.toSeconds() >= 1 && patience.toSeconds() <= MOST_SECONDS,
                "--wait: " + patience.toSeconds() + " is not in 1.." + MOST_SECONDS);
        InetAddress to = destination.getAddress();
        require(
                to.getClass() == wayIn.sender().getClass(),
                "--from and --to are of different families: " + wayIn.sender().getHostAddress() + " and "
                        + to.getHostAddress());
        int most =
                Math.min(MOST_PAYLOAD_BYTES, wayIn.nic().mtu() - TestDatagram.headerBytes(to instanceof Inet6Address));
        require(
                payloadBytes >= TestDatagram.TAG_BYTES && payloadBytes <= most,
                "--size: " + payloadBytes + " is not in " + TestDatagram.TAG_BYTES + ".." + most
                        + ", which is what fits one frame of " + wayIn.nic().name());
    }

    private static void require(boolean isTrue, String otherwise) {
        if (!isTrue) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    boolean isLive() {
        return liveEvery > 0;
    }
}
