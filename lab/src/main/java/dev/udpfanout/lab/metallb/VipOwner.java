package dev.udpfanout.lab.metallb;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Which node announces a VIP; pure. Source for the rule: MetalLB, speaker/layer2_controller.go: of the nodes that
 * could, the first in the order of the SHA-256 of node name, {@code #} and VIP. Each speaker works it out by itself,
 * and none keeps a VIP because it has it.
 */
public final class VipOwner {
    private VipOwner() {}

    /** The owner among the nodes that are alive and serve; empty if there are none. */
    public static Optional<String> of(String vip, Collection<String> nodes) {
        return nodes.stream().min(Comparator.comparing(node -> sha256(node + "#" + vip), Arrays::compareUnsigned));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
