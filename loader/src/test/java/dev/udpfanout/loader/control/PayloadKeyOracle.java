package dev.udpfanout.loader.control;

import dev.udpfanout.bindings.abi.endpoint.SourceHash;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.config.PayloadKey.Otherwise;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;

/** Where a key in the payload leads, by what the header says of the hash, and by whole arrays and big numbers. */
public final class PayloadKeyOracle {
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(Long.SIZE);

    private final HashTable table;
    private final PayloadKey key;

    public PayloadKeyOracle(Collection<InetSocketAddress> endpoints, PayloadKey key) {
        this.table = HashTable.of(endpoints, SourceHash.BUCKET_BITS);
        this.key = key;
    }

    /** The endpoint; empty: the next one in turn. */
    public Optional<InetSocketAddress> endpoint(InetAddress source, byte[] payload) {
        if (!hasKey(payload)) {
            return key.otherwise() == Otherwise.SOURCE ? Optional.of(owner(SourceHash.of(source))) : Optional.empty();
        }
        byte[] bytes =
                Arrays.copyOf(Arrays.copyOfRange(payload, key.offset(), key.offset() + key.bytes()), 2 * Long.BYTES);
        long begin = key.withSource() ? SourceHash.of(source) : SourceHash.SEED;
        long upper = mixed(begin ^ new BigInteger(1, bytes, 0, Long.BYTES).longValue());
        return Optional.of(owner(mixed(upper ^ new BigInteger(1, bytes, Long.BYTES, Long.BYTES).longValue())));
    }

    private boolean hasKey(byte[] payload) {
        if (payload.length < key.offset() + key.bytes()) {
            return false;
        }
        if (key.when().isEmpty()) {
            return true;
        }
        PayloadKey.Match when = key.when().get();
        return HexFormat.of()
                .formatHex(payload)
                .startsWith(
                        HexFormat.of().toHexDigits(when.expected()).substring(0, 2 * when.bytes()), 2 * when.offset());
    }

    private InetSocketAddress owner(long hash) {
        return table.endpoints().get(table.owner(SourceHash.bucket(hash)));
    }

    static long mixed(long value) {
        BigInteger mixed = times(unsigned(value), SourceHash.FIRST_FACTOR);
        return folded(times(folded(mixed), SourceHash.SECOND_FACTOR)).longValue();
    }

    private static BigInteger folded(BigInteger value) {
        return value.xor(value.shiftRight(Integer.SIZE));
    }

    private static BigInteger times(BigInteger value, long factor) {
        return value.multiply(unsigned(factor)).mod(WORD);
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
