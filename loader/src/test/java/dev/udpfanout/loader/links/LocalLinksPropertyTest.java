package dev.udpfanout.loader.links;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Against a search through all routes, one by one. */
@Tag("unit")
class LocalLinksPropertyTest {
    private static final int BRIDGE = 7;

    private record Entry(InetAddress network, int length, int link, boolean hasGateway, int metric) {
        boolean holds(InetAddress address) {
            byte[] mine = network.getAddress();
            byte[] other = address.getAddress();
            int shift = mine.length * Byte.SIZE - length;
            return mine.length == other.length
                    && new BigInteger(1, mine).shiftRight(shift).equals(new BigInteger(1, other).shiftRight(shift));
        }
    }

    @Property
    void shouldFindTheLongestPrefixOfTheSmallestMetric(@ForAll long seed) {
        Random random = new Random(seed);
        Tables tables = new Tables().with(BRIDGE, "bridge");
        List<Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(30); i > 0; i--) {
            InetAddress any = address(random);
            int length = random.nextInt(any.getAddress().length * Byte.SIZE + 1);
            InetAddress network = cut(any, length);
            int link = 1 + random.nextInt(BRIDGE);
            int metric = random.nextInt(3);
            if (entries.stream()
                    .anyMatch(other ->
                            other.network.equals(network) && other.length == length && other.metric == metric)) {
                continue;
            }
            // Route.onLink has metric 0.
            boolean hasGateway = metric > 0 || random.nextBoolean();
            if (hasGateway) {
                tables.via(network.getHostAddress(), length, link, gateway(any), metric);
            } else {
                tables.onLink(network.getHostAddress(), length, link);
            }
            entries.add(new Entry(network, length, link, hasGateway, metric));
        }
        LocalLinks links = new LocalLinks(tables.done());
        for (int i = 0; i < 50; i++) {
            InetAddress address = address(random);
            assertEquals(expected(entries, address), links.of(address), () -> address + " of " + entries);
        }
    }

    private static Reach expected(List<Entry> entries, InetAddress address) {
        Entry best = null;
        for (Entry entry : entries) {
            if (entry.holds(address)
                    && (best == null
                            || entry.length > best.length
                            || entry.length == best.length && entry.metric < best.metric)) {
                best = entry;
            }
        }
        if (best == null) {
            return new Reach.Elsewhere(false);
        }
        if (best.hasGateway) {
            return new Reach.Elsewhere(best.length > 0);
        }
        return best.link == BRIDGE
                ? new Reach.BehindBridge(BRIDGE)
                : new Reach.ByLink(best.link, best.length == address.getAddress().length * Byte.SIZE);
    }

    private static String gateway(InetAddress ofFamily) {
        return ofFamily.getAddress().length == 4 ? "192.0.2.1" : "2001:db8::1";
    }

    /** Of a few, so that networks and addresses meet. */
    private static InetAddress address(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        bytes[0] = random.nextBoolean() ? (byte) 10 : (byte) 0x20;
        for (int i = 1; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(3) == 0 ? 1 << random.nextInt(Byte.SIZE) : 0);
        }
        return of(bytes);
    }

    private static InetAddress cut(InetAddress address, int length) {
        byte[] bytes = address.getAddress();
        for (int bit = length; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return of(bytes);
    }

    private static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
