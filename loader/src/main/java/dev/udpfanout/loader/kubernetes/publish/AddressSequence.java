package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.config.Prefix;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The addresses of a range in the order in which a node would publish them: without a coordinator, the same after each
 * restart, and another order for each node. Two nodes that want the same first address seldom want the same second one.
 */
final class AddressSequence {
    /** Beyond so many at random, one follows the other: a range that is nearly full is searched whole. */
    private static final int RANDOM_ADDRESSES = 32;

    private static final int HIGHEST_BYTE = 0xff;

    private final Prefix range;
    private final Set<InetAddress> excluded;
    private final String nodeName;
    private final int hostBits;

    /** @param excluded addresses that are no node's own, such as those that listeners are bound to */
    AddressSequence(Prefix range, Set<InetAddress> excluded, String nodeName) {
        this.range = range;
        this.excluded = Set.copyOf(excluded);
        this.nodeName = nodeName;
        this.hostBits = range.network().getAddress().length * Byte.SIZE - range.bits();
    }

    /**
     * Whether an address may be published. What looks like a network or a broadcast address is left out: others may
     * take it for one.
     */
    boolean has(InetAddress address) {
        return range.contains(address) && !excluded.contains(address) && isHost(address);
    }

    private boolean isHost(InetAddress address) {
        BigInteger host = new BigInteger(1, address.getAddress()).and(hostMask());
        if (host.signum() == 0 || host.equals(hostMask())) {
            return false;
        }
        int last = host.intValue() & HIGHEST_BYTE;
        return !(address instanceof Inet4Address) || hostBits < Byte.SIZE || last != 0 && last != HIGHEST_BYTE;
    }

    private BigInteger hostMask() {
        return BigInteger.ONE.shiftLeft(hostBits).subtract(BigInteger.ONE);
    }

    /**
     * The first address that is free.
     *
     * @param taken by other nodes; of no more addresses than an int counts
     */
    Optional<InetAddress> first(Set<InetAddress> taken) {
        Predicate<InetAddress> isFree = address -> has(address) && !taken.contains(address);
        return random().filter(isFree)
                .findFirst()
                .or(() -> inTurn(taken.size()).filter(isFree).findFirst());
    }

    private Stream<InetAddress> random() {
        return IntStream.range(0, RANDOM_ADDRESSES).mapToObj(number -> address(hash(number)));
    }

    /** All of a small range; of a large one as many as are needed to come to one that is free. */
    private Stream<InetAddress> inTurn(int taken) {
        BigInteger start = hash(0);
        // Of 256 addresses two look like no host's.
        long enough = 2L * (taken + excluded.size() + 2L);
        long all = hostBits < Integer.SIZE ? 1L << hostBits : Long.MAX_VALUE;
        return Stream.iterate(BigInteger.ZERO, BigInteger.ONE::add)
                .limit(Math.min(enough, all))
                .map(step -> address(start.add(step)));
    }

    private BigInteger hash(int number) {
        String text = nodeName + " " + range + " " + number;
        try {
            return new BigInteger(
                    1, MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private InetAddress address(BigInteger host) {
        byte[] network = range.network().getAddress();
        byte[] bytes = new BigInteger(1, network).or(host.and(hostMask())).toByteArray();
        byte[] address = new byte[network.length];
        // A sign bit makes one byte more; leading zeros, fewer.
        int length = Math.min(bytes.length, address.length);
        System.arraycopy(bytes, bytes.length - length, address, address.length - length, length);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("as long as an address", e);
        }
    }
}
