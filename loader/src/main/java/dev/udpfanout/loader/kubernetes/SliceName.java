package dev.udpfanout.loader.kubernetes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The name of a node's EndpointSlice for a Service. */
final class SliceName {
    private static final int MAX_LABEL_CHARS = 63;
    private static final int HASH_BYTES = 5;

    private SliceName() {}

    /**
     * {@code SERVICE-udp-fanout-NODE}, where that is a DNS label. Otherwise what fits of it, and a hash of the whole, so that
     * no two nodes share a name.
     */
    static String of(String service, String nodeName) {
        String whole = service + "-udp-fanout-" + nodeName;
        if (whole.length() <= MAX_LABEL_CHARS && whole.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")) {
            return whole;
        }
        String hash = HexFormat.of().formatHex(sha256(whole), 0, HASH_BYTES);
        String readable = whole.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        int most = MAX_LABEL_CHARS - 1 - hash.length();
        return readable.substring(0, Math.min(readable.length(), most)).replaceAll("-+$", "") + "-" + hash;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
