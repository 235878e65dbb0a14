package dev.udpfanout.lab.frames;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a frame's datagram into fragments. Sources: RFC 791 section 3.2, RFC 8200 section 4.5. */
public final class Fragmenter {
    private static final int ETHER_TYPE_IPV4 = 0x0800;
    private static final int IP = UdpFrame.ETHERNET_BYTES;
    private static final int FRAGMENT_HEADER_BYTES = 8;

    private Fragmenter() {}

    /**
     * The frames that carry the pieces, in order.
     *
     * @param frame a whole UDP datagram over IPv4 or IPv6, without IPv6 extension headers
     * @param identification what the pieces share; IPv4 takes its lower 16 bits
     * @param pieceBytes of the datagram in each but the last, a multiple of 8
     */
    public static List<byte[]> cut(byte[] frame, int identification, int pieceBytes) {
        boolean ipv4 = ByteBuffer.wrap(frame).getShort(IP - 2) == ETHER_TYPE_IPV4;
        int from = IP + (ipv4 ? (frame[IP] & 0xf) * 4 : Udp6Frame.IP_BYTES);
        List<byte[]> pieces = new ArrayList<>();
        for (int offset = 0; from + offset < frame.length; offset += pieceBytes) {
            int to = Math.min(frame.length, from + offset + pieceBytes);
            byte[] piece = Arrays.copyOfRange(frame, from + offset, to);
            boolean more = to < frame.length;
            pieces.add(
                    ipv4
                            ? ipv4(Arrays.copyOf(frame, from), identification, offset, more, piece)
                            : ipv6(Arrays.copyOf(frame, from), identification, offset, more, piece));
        }
        return pieces;
    }

    private static byte[] ipv4(byte[] headers, int identification, int offset, boolean more, byte[] piece) {
        ByteBuffer out =
                ByteBuffer.allocate(headers.length + piece.length).put(headers).put(piece);
        out.putShort(IP + 2, (short) (headers.length - IP + piece.length));
        out.putShort(IP + 4, (short) identification);
        out.putShort(IP + 6, (short) (offset / 8 | (more ? 0x2000 : 0)));
        out.putShort(IP + 10, (short) 0);
        int sum = InternetChecksum.complement(InternetChecksum.sum(out.array(), IP, headers.length - IP));
        return out.putShort(IP + 10, (short) sum).array();
    }

    private static byte[] ipv6(byte[] headers, int identification, int offset, boolean more, byte[] piece) {
        ByteBuffer out = ByteBuffer.allocate(headers.length + FRAGMENT_HEADER_BYTES + piece.length)
                .put(headers);
        out.put(headers[IP + 6])
                .put((byte) 0)
                .putShort((short) (offset | (more ? 1 : 0)))
                .putInt(identification);
        out.put(piece);
        out.putShort(IP + 4, (short) (FRAGMENT_HEADER_BYTES + piece.length));
        return out.put(IP + 6, (byte) Udp6Frame.FRAGMENT).array();
    }
}
