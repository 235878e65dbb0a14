package dev.udpfanout.forwarder.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.forwarder.socket.SocketAddresses;
import dev.udpfanout.forwarder.socket.SourceBits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;

/** Ranges against the plain definition: the first bits of the address are those of one of the prefixes. */
@Tag("unit")
class AllowedSourcesPropertyTest {
    @Property
    void anAddressIsAllowedIfItsFirstBitsAreThoseOfAPrefix(
            @ForAll @Size(max = 20) List<@From("prefixes") SourcePrefix> prefixes,
            @ForAll("addresses") InetAddress address) {
        assertEquals(isInOne(prefixes, address), isAllowed(prefixes, address));
    }

    @Property
    void theAddressesAroundAPrefixAreJudgedRight(
            @ForAll @Size(min = 1, max = 20) List<@From("prefixes") SourcePrefix> prefixes) {
        for (SourcePrefix prefix : prefixes) {
            int width = Byte.SIZE * prefix.network().getAddress().length;
            BigInteger size = BigInteger.ONE.shiftLeft(width - prefix.bits());
            BigInteger first = number(prefix.network()).divide(size).multiply(size);
            for (BigInteger near : List.of(
                    first.subtract(BigInteger.ONE), first, first.add(size).subtract(BigInteger.ONE), first.add(size))) {
                InetAddress address = address(near.mod(BigInteger.ONE.shiftLeft(width)), width / Byte.SIZE);
                assertEquals(isInOne(prefixes, address), isAllowed(prefixes, address));
            }
        }
    }

    @Property
    void theBitsOfAnAddressAreThoseOfItsSockaddr(@ForAll("addresses") InetAddress address, @ForAll char port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment encoded = SocketAddresses.encode(new InetSocketAddress(address, port), arena);
            MemorySegment memory = arena.allocate(64);
            MemorySegment.copy(encoded, 0, memory, 12, encoded.byteSize());
            assertEquals(SourceBits.high(address), SourceBits.high(memory, 12));
            assertEquals(SourceBits.low(address), SourceBits.low(memory, 12));
            assertEquals(port, SourceBits.port(memory, 12));
        }
    }

    @Example
    void aPrefixThatIsTooLongIsRefused() {
        InetAddress network = InetAddress.ofLiteral("10.0.0.0");
        assertThrows(IllegalArgumentException.class, () -> new SourcePrefix(network, 33));
        assertThrows(IllegalArgumentException.class, () -> new SourcePrefix(network, -1));
    }

    private static boolean isAllowed(List<SourcePrefix> prefixes, InetAddress address) {
        return AllowedSources.of(prefixes).contains(SourceBits.high(address), SourceBits.low(address));
    }

    /** As in the kernel program's table, an IPv4 address is one of IPv6: a listener is of one family anyway. */
    private static boolean isInOne(List<SourcePrefix> prefixes, InetAddress address) {
        return prefixes.stream().anyMatch(prefix -> {
            int behind = Byte.SIZE * prefix.network().getAddress().length - prefix.bits();
            return mapped(prefix.network())
                    .shiftRight(behind)
                    .equals(mapped(address).shiftRight(behind));
        });
    }

    private static BigInteger mapped(InetAddress address) {
        boolean isIpv4 = address.getAddress().length == 4;
        return isIpv4 ? number(address).add(BigInteger.valueOf(0xffffL << 32)) : number(address);
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static InetAddress address(BigInteger number, int bytes) {
        byte[] address = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            address[i] = number.shiftRight(Byte.SIZE * (bytes - 1 - i)).byteValue();
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Few leading bits vary, so that prefixes and addresses meet. IPv6 is never v4-mapped: Java makes that IPv4. */
    @Provide
    Arbitrary<InetAddress> addresses() {
        Arbitrary<InetAddress> ipv4 = Arbitraries.bytes()
                .array(byte[].class)
                .ofSize(2)
                .map(bytes -> address(new BigInteger(1, new byte[] {bytes[0], 0, 0, bytes[1]}), 4));
        Arbitrary<InetAddress> ipv6 = Arbitraries.bytes()
                .array(byte[].class)
                .ofSize(4)
                .map(bytes -> address(
                        new BigInteger(1, new byte[] {
                            bytes[0], 0, 0, 0, 0, 0, 0, bytes[1], bytes[2], 0, 0, 0, 0, 0, 0, bytes[3]
                        }),
                        16));
        return Arbitraries.oneOf(ipv4, ipv6);
    }

    @Provide
    Arbitrary<SourcePrefix> prefixes() {
        return Combinators.combine(addresses(), Arbitraries.integers().between(0, 128))
                .as((address, bits) -> new SourcePrefix(address, bits % (Byte.SIZE * address.getAddress().length + 1)));
    }
}
