package dev.udpfanout.loader.doctor.conntrack;

import dev.udpfanout.bindings.conntrack.TrackedFlow;
import dev.udpfanout.bindings.conntrack.TrackedFlows;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Fix;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether connection tracking, which the dummy0 way depends on, has room, and sends no sender elsewhere. */
public final class ConnectionTrackingChecks {
    private static final int FULL_PERCENT = 90;
    private static final int EXAMPLES = 3;
    /**
     * Of an entry of /proc/net/nf_conntrack: the original's source, destination and ports, then where the answer comes
     * from.
     */
    private static final Pattern UDP_ENTRY = Pattern.compile(
            "ipv[46] .* udp .*?src=(\\S+) dst=(\\S+) sport=(\\d+) dport=(\\d+) .*?src=(\\S+) dst=\\S+ sport=(\\d+).*");

    private final NodeFiles files;

    public ConnectionTrackingChecks(NodeFiles files) {
        this.files = files;
    }

    /** An address and port of UDP. */
    public record Place(InetAddress address, int port) {}

    public Diagnosis room() {
        OptionalLong count = files.setting("netfilter/nf_conntrack_count");
        OptionalLong max = files.setting("netfilter/nf_conntrack_max");
        if (count.isEmpty() || max.isEmpty()) {
            return Diagnosis.ok("conntrack_room", "connection tracking is not loaded");
        }
        String finding = count.getAsLong() + " of " + max.getAsLong() + " connections tracked";
        return count.getAsLong() * 100 >= max.getAsLong() * FULL_PERCENT
                ? Diagnosis.warning(
                        "conntrack_room",
                        finding,
                        "when it is full, the kernel drops what is new",
                        "raise net.netfilter.nf_conntrack_max, or use VIP-direct, which needs none")
                : Diagnosis.ok("conntrack_room", finding);
    }

    /**
     * Entries of the VIPs whose datagrams do not go to where the listener is: from before it was there, or from before
     * an endpoint left.
     */
    public Diagnosis stale(Set<Place> vips, Predicate<Place> isListener) {
        List<String> stale = new ArrayList<>();
        Set<Place> wanted = new HashSet<>(vips);
        boolean isThere = files.read("net/nf_conntrack", line -> {
            Matcher entry = UDP_ENTRY.matcher(line);
            if (entry.matches()
                    && wanted.contains(place(entry.group(2), entry.group(4)))
                    && !isListener.test(place(entry.group(5), entry.group(6)))) {
                stale.add(entry.group(1) + ":" + entry.group(3) + " to " + entry.group(5) + ":" + entry.group(6));
            }
        });
        if (!isThere) {
            return Diagnosis.notChecked(
                    "conntrack_stale",
                    "this kernel has no /proc/net/nf_conntrack, or does not let us read it",
                    "look with: conntrack -L -p udp --orig-dst VIP; udp-fanout trace --to VIP:PORT --live 1/1 shows where a real"
                            + " sender's datagrams go");
        }
        return stale.isEmpty()
                ? Diagnosis.ok("conntrack_stale", "no entry leads the VIP's datagrams past the listener")
                : Diagnosis.problem(
                                "conntrack_stale",
                                stale.size() + " sender(s) are sent elsewhere, for example "
                                        + String.join(", ", stale.subList(0, Math.min(EXAMPLES, stale.size()))),
                                "conntrack -D -p udp --orig-dst VIP; the next datagram of each makes a new entry")
                        .with(new Fix(
                                "delete the entries of connection tracking that lead the VIP's datagrams past the listener",
                                () -> delete(wanted, isListener)));
    }

    /** The kernel tells which entry it is, so that none with the same addresses that is new by then goes. */
    private static void delete(Set<Place> vips, Predicate<Place> isListener) {
        try (TrackedFlows flows = TrackedFlows.open()) {
            for (StandardProtocolFamily family : List.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)) {
                List<TrackedFlow> stale = new ArrayList<>();
                flows.forEach(family, OptionalInt.empty(), flow -> {
                    if (vips.contains(place(flow.destination())) && !isListener.test(place(flow.answersFrom()))) {
                        stale.add(flow);
                    }
                });
                stale.forEach(flows::delete);
            }
        }
    }

    private static Place place(InetSocketAddress place) {
        return new Place(place.getAddress(), place.getPort());
    }

    private static Place place(String address, String port) {
        return new Place(InetAddress.ofLiteral(address), Integer.parseInt(port));
    }
}
