package dev.udpfanout.loader.datapath.kernel.frames;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a sender is told of a frame that is too big, to the byte: RFC 792 and 1191, RFC 4443. It comes from where the
 * frame was for, and quotes the frame as it came in, in whole words, up to 576 bytes of an IPv4 packet (RFC 1812
 * section 4.3.2.3) and 1280 of an IPv6 packet (RFC 4443 section 2.4).
 */
final class TooBigAnswer {
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int ICMP_BYTES = 8;
    private static final int MAX_IPV4_BYTES = 576;
    private static final int MAX_IPV6_BYTES = 1280;
    private static final int HOPS = 64;

    private TooBigAnswer() {}

    /** The answer in the frame's link-layer header, which the redirect replaces. */
    static byte[] to(byte[] frame, int mtu) {
        return FrameFields.isIpv6(frame) ? ipv6(frame, mtu) : ipv4(frame, mtu);
    }

    /** What is wrong with an answer; empty if nothing. */
    static Optional<String> fault(byte[] frame, byte[] answer, int mtu) {
        byte[] expected = to(frame, mtu);
        if (expected.length != answer.length) {
            return Optional.of("an answer of " + answer.length + " bytes, not " + expected.length);
        }
        for (int i = 0; i < answer.length; i++) {
            if (answer[i] != expected[i]) {
                return Optional.of("byte " + i + " of the answer differs");
            }
        }
        return Optional.empty();
    }

    private static byte[] ipv4(byte[] frame, int mtu) {
        int total = FrameFields.at16(frame, FrameFields.IP + 2);
        int quoted = Math.min(total, MAX_IPV4_BYTES - IPV4_BYTES - ICMP_BYTES) / 4 * 4;
        ByteBuffer answer = ByteBuffer.allocate(FrameFields.IP + IPV4_BYTES + ICMP_BYTES + quoted);
        answer.put(frame, 0, FrameFields.IP);
        answer.putShort((short) 0x45c0).putShort((short) (IPV4_BYTES + ICMP_BYTES + quoted));
        answer.put(frame, FrameFields.IP + 4, 2).putShort((short) 0);
        answer.put((byte) HOPS).put((byte) 1).putShort((short) 0);
        answer.put(frame, FrameFields.IP + 16, 4).put(frame, FrameFields.IP + 12, 4);
        putChecksum(answer, FrameFields.IP + 10, 0, FrameFields.IP, FrameFields.IP + IPV4_BYTES);
        answer.put((byte) 3).put((byte) 4).putShort((short) 0).putShort((short) 0);
        answer.putShort((short) mtu).put(frame, FrameFields.IP, quoted);
        int icmp = FrameFields.IP + IPV4_BYTES;
        putChecksum(answer, icmp + 2, 0, icmp, answer.position());
        return answer.array();
    }

    private static byte[] ipv6(byte[] frame, int mtu) {
        int total = IPV6_BYTES + FrameFields.at16(frame, FrameFields.IP + 4);
        int quoted = Math.min(total, MAX_IPV6_BYTES - IPV6_BYTES - ICMP_BYTES) / 4 * 4;
        ByteBuffer answer = ByteBuffer.allocate(FrameFields.IP + IPV6_BYTES + ICMP_BYTES + quoted);
        answer.put(frame, 0, FrameFields.IP);
        answer.putInt(0x60000000).putShort((short) (ICMP_BYTES + quoted));
        answer.put((byte) 58).put((byte) HOPS);
        answer.put(frame, FrameFields.IP + 24, 16).put(frame, FrameFields.IP + 8, 16);
        answer.put((byte) 2).put((byte) 0).putShort((short) 0).putInt(mtu);
        answer.put(frame, FrameFields.IP, quoted);
        int icmp = FrameFields.IP + IPV6_BYTES;
        // RFC 8200 section 8.1: the pseudo header is both addresses, the length and the next header.
        putChecksum(answer, icmp + 2, ICMP_BYTES + quoted + 58, FrameFields.IP + 8, answer.position());
        return answer.array();
    }

    /** Puts the checksum of what stands from one place to another, which may be odd. */
    private static void putChecksum(ByteBuffer bytes, int at, long sumBefore, int from, int end) {
        long sum = sumBefore;
        for (int i = from; i < end; i++) {
            sum += (long) (bytes.get(i) & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        bytes.putShort(at, (short) ~sum);
    }
}
