package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which addresses are cut off because the link that leads to them is down, has no carrier or is gone. Pure; for one
 * thread.
 *
 * <p>When a link goes down the kernel forgets what was behind it: a bridge its port's forwarding entries, a routing
 * table the link's routes. So what was known of an address is kept while its link is down, and for {@link #MEMORY}
 * after a link has gone altogether; unless a route says by now that it is somewhere else.
 */
public final class LinkDowns {
    /** For how long an address counts as cut off after its link was deleted, if nothing more is heard of it. */
    static final Duration MEMORY = Duration.ofSeconds(30);

    private final Map<InetAddress, Integer> linkOf = new HashMap<>();
    private final Map<Integer, Boolean> carriers = new HashMap<>();
    private final Map<Integer, Long> goneSinceNanos = new HashMap<>();
    private Set<InetAddress> targets = Set.of();

    /** Which addresses to know about from now on; what is known of those that stay is kept. */
    public void targets(Set<InetAddress> addresses) {
        targets = Set.copyOf(addresses);
        linkOf.keySet().retainAll(targets);
    }

    /**
     * Takes in what the kernel holds.
     *
     * @param nowNanos System.nanoTime()
     */
    public void tables(NetworkTables tables, long nowNanos) {
        Set<Integer> before = new HashSet<>(carriers.keySet());
        carriers.clear();
        tables.links().forEach(link -> carriers.put(link.index(), hasCarrier(link)));
        before.removeAll(carriers.keySet());
        before.forEach(index -> goneSinceNanos.putIfAbsent(index, nowNanos));
        goneSinceNanos.keySet().removeAll(carriers.keySet());

        LocalLinks links = new LocalLinks(tables);
        for (InetAddress address : targets) {
            switch (links.of(address)) {
                case Reach.ByLink link -> linkOf.put(address, link.index());
                case Reach.BehindBridge bridge -> {
                    if (!isWorthKeeping(address, nowNanos) && !hasCarrier(address)) {
                        linkOf.put(address, bridge.index());
                    }
                }
                case Reach.Elsewhere elsewhere -> {
                    if (elsewhere.named() || !isWorthKeeping(address, nowNanos)) {
                        linkOf.remove(address);
                    }
                }
            }
        }
        goneSinceNanos.keySet().retainAll(new HashSet<>(linkOf.values()));
    }

    /** A link was made or changed. */
    public void changed(Link link) {
        carriers.put(link.index(), hasCarrier(link));
        goneSinceNanos.remove(link.index());
    }

    /** A link is no more. */
    public void removed(int index, long nowNanos) {
        carriers.remove(index);
        goneSinceNanos.putIfAbsent(index, nowNanos);
    }

    /**
     * By which link each address is reached, as far as that is known; a bridge stands for a port that is not known.
     * Immutable.
     */
    public Map<InetAddress, Integer> links() {
        return Map.copyOf(linkOf);
    }

    /** The addresses that are cut off; immutable. */
    public Set<InetAddress> down() {
        Set<InetAddress> down = new HashSet<>();
        for (Map.Entry<InetAddress, Integer> entry : linkOf.entrySet()) {
            if (!carriers.getOrDefault(entry.getValue(), false)) {
                down.add(entry.getKey());
            }
        }
        return Set.copyOf(down);
    }

    private static boolean hasCarrier(Link link) {
        return link.up() && link.lowerUp();
    }

    private boolean hasCarrier(InetAddress address) {
        Integer link = linkOf.get(address);
        return link != null && carriers.getOrDefault(link, false);
    }

    /** Whether the address's link is down, or was deleted a short while ago. */
    private boolean isWorthKeeping(InetAddress address, long nowNanos) {
        Integer link = linkOf.get(address);
        if (link == null) {
            return false;
        }
        Boolean carrier = carriers.get(link);
        if (carrier != null) {
            return !carrier;
        }
        return nowNanos - goneSinceNanos.getOrDefault(link, nowNanos) < MEMORY.toNanos();
    }
}
