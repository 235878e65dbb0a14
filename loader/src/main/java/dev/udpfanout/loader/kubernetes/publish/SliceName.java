package dev.udpfanout.loader.kubernetes.publish;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The names of a node's EndpointSlices for a Service. Each listener that publishes has one of its own: a slice has one
 * list of ports for all its endpoints, and one family.
 */
final class SliceName {
    private static final int MAX_LABEL_CHARS = 63;
    private static final int HASH_BYTES = 5;

    private SliceName() {}

    /**
     * {@code SERVICE-udp-fanout-NODE-PORT-FAMILY}, where that is a DNS label. Otherwise what fits of it, and a hash of
     * the whole, so that no two nodes or listeners share a name.
     *
     * @param port the listener's
     */
    static String of(String service, String nodeName, int port, AddressType type) {
        return label(sharedByListeners(service, nodeName) + "-" + port + "-"
                + type.name().toLowerCase(Locale.ROOT));
    }

    /** The one slice that earlier versions had for all listeners of a Service: it is to be emptied, or deleted. */
    static String ofEarlierVersions(String service, String nodeName) {
        return label(sharedByListeners(service, nodeName));
    }

    private static String sharedByListeners(String service, String nodeName) {
        return service + "-udp-fanout-" + nodeName;
    }

    private static String label(String whole) {
        if (whole.length() <= MAX_LABEL_CHARS && whole.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")) {
            return whole;
        }
        String hash = HexFormat.of().formatHex(sha256(whole), 0, HASH_BYTES);
        String readable = whole.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
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
