package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/** Compares a prefix with what a rule has on the right side of an address. */
final class AddressMatch {
    private AddressMatch() {}

    /** @param right an address, a prefix or a range, of libnftables-json(5) */
    static Truth of(Prefix ours, JsonNode right) {
        if (right.has("prefix")) {
            JsonNode prefix = right.get("prefix");
            return address(prefix.path("addr"))
                    .map(network ->
                            within(ours, new Prefix(network, prefix.path("len").asInt())))
                    .orElse(Truth.MAYBE);
        }
        if (right.has("range")) {
            JsonNode range = right.get("range");
            return address(range.path(0))
                    .flatMap(first -> address(range.path(1)).map(last -> within(ours, first, last)))
                    .orElse(Truth.MAYBE);
        }
        return address(right).map(one -> within(ours, Prefix.of(one))).orElse(Truth.MAYBE);
    }

    private static Truth within(Prefix ours, Prefix theirs) {
        if (theirs.bits() <= ours.bits() && theirs.contains(ours.network())) {
            return Truth.YES;
        }
        return theirs.overlaps(ours) ? Truth.MAYBE : Truth.NO;
    }

    private static Truth within(Prefix ours, InetAddress first, InetAddress last) {
        byte[] low = ours.network().getAddress();
        byte[] high = low.clone();
        for (int bit = ours.bits(); bit < high.length * Byte.SIZE; bit++) {
            high[bit / Byte.SIZE] |= (byte) (0x80 >> bit % Byte.SIZE);
        }
        byte[] from = first.getAddress();
        byte[] to = last.getAddress();
        if (from.length != low.length || to.length != low.length) {
            return Truth.NO;
        }
        if (Arrays.compareUnsigned(from, low) <= 0 && Arrays.compareUnsigned(to, high) >= 0) {
            return Truth.YES;
        }
        boolean apart = Arrays.compareUnsigned(to, low) < 0 || Arrays.compareUnsigned(from, high) > 0;
        return apart ? Truth.NO : Truth.MAYBE;
    }

    private static Optional<InetAddress> address(JsonNode text) {
        try {
            return text.isTextual() ? Optional.of(InetAddress.ofLiteral(text.asText())) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
