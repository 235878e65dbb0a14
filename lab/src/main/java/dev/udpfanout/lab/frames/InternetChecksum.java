package dev.udpfanout.lab.frames;

/**
 * The checksum of IPv4, UDP and TCP headers, from its definition in RFC 1071: slow, simple, and so the tests' oracle.
 */
final class InternetChecksum {
    private InternetChecksum() {}

    /** The sum of a range in 16-bit words, big-endian, an odd last byte padded with zero; not folded. */
    static long sum(byte[] bytes, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            int b = Byte.toUnsignedInt(bytes[from + i]);
            sum += i % 2 == 0 ? b << 8 : b;
        }
        return sum;
    }

    /** The ones' complement of a sum: what goes into the header; 0 for a range that holds its right checksum. */
    static int complement(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) (~folded & 0xffff);
    }

    /** The sum of IPv4's pseudo header, RFC 768; the addresses are read out of an IPv4 header. */
    static long pseudoHeaderSum(byte[] frame, int ipOffset, int protocol, int length) {
        return sum(frame, ipOffset + 12, 8) + protocol + length;
    }
}
