package dev.udpfanout.bindings.rtnetlink.route;

import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The attribute RTA_MULTIPATH: one {@code struct rtnexthop} (its own length and that of its attributes in 16 bits, two
 * bytes of flags and weight, the link in 32) after the other, each from a multiple of four bytes on. Source:
 * rtnetlink(7), linux/rtnetlink.h.
 */
final class NextHops {
    private static final int RTA_MULTIPATH = 9;
    private static final int HEADER_BYTES = 8;
    private static final int LINK_AT = 4;
    private static final int ALIGNMENT = 4;

    private NextHops() {}

    /** The links of a route's next hops; empty if it has not several. */
    static List<Integer> links(Attributes attributes) {
        return attributes.bytes(RTA_MULTIPATH).map(NextHops::links).orElse(List.of());
    }

    private static List<Integer> links(MemorySegment value) {
        List<Integer> links = new ArrayList<>();
        long at = 0;
        while (at + HEADER_BYTES <= value.byteSize()) {
            int bytes = Short.toUnsignedInt(value.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            if (bytes < HEADER_BYTES) {
                throw new MalformedMessageException("a next hop of " + bytes + " bytes");
            }
            links.add(value.get(ValueLayout.JAVA_INT_UNALIGNED, at + LINK_AT));
            at += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        return links;
    }
}
