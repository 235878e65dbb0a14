package dev.udpfanout.lab.kubeproxy;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The names of kube-proxy's per-service chains for a UDP port. Source: kubernetes, pkg/proxy/iptables/proxier.go: the
 * SHA-256 of service port name, protocol in lower case and, for an endpoint's chain, its address and port; in base32
 * (RFC 4648), cut to 16 characters because a chain's name has at most 28.
 *
 * @param name the service port
 * @param protocol {@code "udp"} or {@code "tcp"}
 */
public record ChainNames(ServicePortName name, String protocol) {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int HASH_CHARACTERS = 16;
    private static final int BITS_PER_CHARACTER = 5;

    /** Balances over all of the cluster's endpoints. */
    public String cluster() {
        return "KUBE-SVC-" + hash("");
    }

    /** Balances over this node's endpoints. */
    public String local() {
        return "KUBE-SVL-" + hash("");
    }

    /** Where traffic from outside the cluster enters. */
    public String external() {
        return "KUBE-EXT-" + hash("");
    }

    /** Rewrites to one endpoint. */
    public String endpoint(InetSocketAddress endpoint) {
        return "KUBE-SEP-" + hash(KubeProxyRules.text(endpoint));
    }

    private String hash(String endpoint) {
        byte[] digest = sha256(name + protocol + endpoint);
        StringBuilder hash = new StringBuilder(HASH_CHARACTERS);
        int bits = 0;
        int available = 0;
        for (int next = 0; hash.length() < HASH_CHARACTERS; ) {
            if (available < BITS_PER_CHARACTER) {
                bits = bits << Byte.SIZE | Byte.toUnsignedInt(digest[next++]);
                available += Byte.SIZE;
            }
            available -= BITS_PER_CHARACTER;
            hash.append(BASE32.charAt(bits >>> available & 31));
        }
        return hash.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
