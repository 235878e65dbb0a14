package dev.udpfanout.loader.control;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.SourceHash;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** Where the name of a StatsD metric leads, by what the header says of the hash, and by whole strings. */
public final class MetricNameOracle {
    private final HashTable table;

    public MetricNameOracle(Collection<InetSocketAddress> endpoints) {
        this.table = HashTable.of(endpoints, SourceHash.BUCKET_BITS);
    }

    /** The endpoint of a payload's first line; empty: the next one in turn. */
    public Optional<InetSocketAddress> endpoint(byte[] payload) {
        // One character is one byte.
        String line = new String(payload, StandardCharsets.ISO_8859_1).split("\n", 2)[0];
        int colon = line.indexOf(':');
        boolean isLong = line.length() >= Limits.MAX_NAME_BYTES && (colon < 0 || colon > Limits.MAX_NAME_BYTES);
        if (!isLong && colon < 1) {
            return Optional.empty();
        }
        byte[] name = line.substring(0, isLong ? Limits.MAX_NAME_BYTES : colon).getBytes(StandardCharsets.ISO_8859_1);
        long hash = SourceHash.SEED;
        for (int i = 0; i < name.length; i += Long.BYTES) {
            long word = 0;
            for (byte each : Arrays.copyOfRange(name, i, i + Long.BYTES)) {
                word = word << Byte.SIZE | Byte.toUnsignedInt(each);
            }
            hash = PayloadKeyOracle.mixed(hash ^ word);
        }
        return Optional.of(table.endpoints().get(table.owner(SourceHash.bucket(hash))));
    }
}
