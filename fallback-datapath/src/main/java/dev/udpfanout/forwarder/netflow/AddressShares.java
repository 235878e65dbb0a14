package dev.udpfanout.forwarder.netflow;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What each address takes of a memory of templates. One that takes more than a quarter makes room by its own, so that
 * an exporter with any number of domains, ports and templates leaves the others theirs.
 */
final class AddressShares {
    private static final int PART = 4;

    private final long mostPlaces;
    private final long mostBytes;
    private final Map<Address, Share> shares = new HashMap<>();
    private final Set<Share> large = new LinkedHashSet<>();

    /** Whose templates they are, whatever the port. */
    record Address(long high, long low) {}

    private static final class Share {
        /** The one that was refreshed longest ago is the first. */
        private final LinkedHashSet<TemplatePlace> places = new LinkedHashSet<>();

        private long bytes;
    }

    AddressShares(TemplateMemory.Limits limits) {
        this.mostPlaces = limits.maxTemplates() / PART;
        this.mostBytes = limits.maxBytes() / PART;
    }

    /** A template has come, or was refreshed, and takes so many bytes more than before. */
    void add(TemplatePlace place, long bytes) {
        Share share = shares.computeIfAbsent(place.exporter().address(), address -> new Share());
        share.places.remove(place);
        share.places.add(place);
        change(share, bytes);
    }

    /** A template takes so many bytes more than before. */
    void grow(TemplatePlace place, long bytes) {
        change(shares.get(place.exporter().address()), bytes);
    }

    void remove(TemplatePlace place, long bytes) {
        Share share = shares.get(place.exporter().address());
        share.places.remove(place);
        change(share, -bytes);
        if (share.places.isEmpty()) {
            shares.remove(place.exporter().address());
        }
    }

    private void change(Share share, long bytes) {
        share.bytes += bytes;
        if (share.places.size() > mostPlaces || share.bytes > mostBytes) {
            large.add(share);
        } else {
            large.remove(share);
        }
    }

    /** Which template goes first for want of room, if an address takes too much. There are at most a few of those. */
    Optional<TemplatePlace> oldestOfLarge() {
        Iterator<Share> any = large.iterator();
        return any.hasNext() ? any.next().places.stream().findFirst() : Optional.empty();
    }
}
