package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks listeners against each other. */
final class ListenerConflicts {
    private final String ownNamespace;

    /** @param ownNamespace stands for a namespace that is not given */
    ListenerConflicts(String ownNamespace) {
        this.ownNamespace = ownNamespace;
    }

    /**
     * A listener that is right by itself.
     *
     * @param section where it came from
     */
    record Read(ListenerConfig listener, Section section) {}

    /** Notes what cannot be together. */
    void refuse(List<Read> read) {
        refuseSameNames(read);
        refuseSameBinds(read);
        refuseSamePublications(read);
        refuseMixedAttachment(read);
        refuseLoops(read);
        refuseMixedModes(read);
        refuseSharedRanges(read);
    }

    /**
     * An address on a dummy interface is either delivered on this node or steered past its hooks, for all its ports.
     */
    private static void refuseMixedModes(List<Read> read) {
        List<Read> decided = read.stream()
                .filter(each -> each.listener().mode() != Mode.AUTO)
                .toList();
        for (int i = 0; i < decided.size(); i++) {
            Read each = decided.get(i);
            decided.subList(0, i).stream()
                    .filter(other -> other.listener().mode() != each.listener().mode())
                    .filter(other -> other.listener().sharesAddresses(each.listener()))
                    .findFirst()
                    .ifPresent(other -> each.section()
                            .problem(
                                    "mode",
                                    "differs from the listener on line "
                                            + other.section().line() + ", which shares the address"));
        }
    }

    /**
     * A datagram to an address of two ranges could be either listener's, and a range is routed to one interface. The
     * kernel program has one range for a port of an interface (map LISTENERS, the key of the wildcard address), and
     * user space one wildcard socket for a port.
     */
    private static void refuseSharedRanges(List<Read> read) {
        for (int i = 0; i < read.size(); i++) {
            for (Read other : read.subList(0, i)) {
                Read each = read.get(i);
                // The same bind has been refused already.
                if (!each.listener().bind().equals(other.listener().bind())) {
                    rangeConflict(each.listener(), other.listener()).ifPresent(what -> each.section()
                            .problem(
                                    "publish",
                                    "addresses: "
                                            + what.formatted("the listener on line "
                                                    + other.section().line())));
                }
            }
        }
    }

    /** What is wrong with the ranges of two listeners; %s stands for the other one. */
    private static Optional<String> rangeConflict(ListenerConfig listener, ListenerConfig other) {
        Optional<Prefix> mine = listener.range();
        Optional<Prefix> theirs = other.range();
        if (mine.isEmpty()
                || theirs.isEmpty()
                || mine.get().family() != theirs.get().family()) {
            return Optional.empty();
        }
        boolean samePort = listener.bind().getPort() == other.bind().getPort();
        boolean sameInterface = listener.interfaces().equals(other.interfaces());
        boolean inUserspace = listener.mode() == Mode.USERSPACE || other.mode() == Mode.USERSPACE;
        if (samePort && (sameInterface || inUserspace)) {
            return Optional.of("%s has a range on the same port; use another port"
                    + (inUserspace ? "" : ", another dummy interface with another range") + ", or addresses: bind");
        }
        if (!sameInterface && mine.get().overlaps(theirs.get())) {
            return Optional.of(mine.get() + " overlaps " + theirs.get()
                    + " of %s, which has another interface; give one of the two another range, or addresses: bind");
        }
        return Optional.empty();
    }

    private static void refuseSameNames(List<Read> read) {
        Map<String, Section> first = new HashMap<>();
        for (Read each : read) {
            Section other = first.putIfAbsent(each.listener().name(), each.section());
            if (other != null) {
                each.section()
                        .problem(
                                "name",
                                "\"" + each.listener().name() + "\" is the name of the listener on line " + other.line()
                                        + " too");
            }
        }
    }

    /** What datagrams a listener takes: an address and port, or a port of the VIP of one Service. */
    private record Taken(InetSocketAddress bind, Optional<PublishTarget> vipOf) {
        @Override
        public String toString() {
            return vipOf.map(target -> "port " + bind.getPort() + " of the VIP of " + target.service())
                    .orElseGet(() -> SocketAddressText.write(bind));
        }
    }

    private Taken taken(ListenerConfig listener) {
        return new Taken(listener.bind(), listener.vipDirect() ? service(listener) : Optional.empty());
    }

    /** The Service that a listener publishes, with its namespace. */
    private Optional<PublishTarget> service(ListenerConfig listener) {
        return listener.publish()
                .map(target -> new PublishTarget(
                        Optional.of(target.namespace().orElse(ownNamespace)), target.service(), Optional.empty()));
    }

    private void refuseSameBinds(List<Read> read) {
        Map<Taken, Section> first = new HashMap<>();
        for (Read each : read) {
            Taken taken = taken(each.listener());
            Section other = first.putIfAbsent(taken, each.section());
            if (other != null) {
                each.section().problem("bind", taken + " is taken by the listener on line " + other.line());
            }
        }
    }

    /** What a node's EndpointSlice is about: there is one for each. */
    private record Publication(PublishTarget service, int port, boolean isIpv6) {
        @Override
        public String toString() {
            return (isIpv6 ? "IPv6" : "IPv4") + " port " + port + " of " + service.service();
        }
    }

    private void refuseSamePublications(List<Read> read) {
        Map<Publication, Read> first = new HashMap<>();
        for (Read each : read) {
            InetSocketAddress bind = each.listener().bind();
            Optional<Publication> publication = service(each.listener())
                    .map(service ->
                            new Publication(service, bind.getPort(), bind.getAddress() instanceof Inet6Address));
            if (publication.isEmpty()) {
                continue;
            }
            Read other = first.putIfAbsent(publication.get(), each);
            // The same bind has been refused already.
            if (other != null && !taken(other.listener()).equals(taken(each.listener()))) {
                each.section()
                        .problem(
                                "publish",
                                publication.get() + " is published by the listener on line "
                                        + other.section().line() + "; give one of the two another port or Service");
            }
        }
    }

    /** Listeners on one hook share its program, so they must agree on how it gets there. */
    private static void refuseMixedAttachment(List<Read> read) {
        Map<String, Read> first = new HashMap<>();
        for (Read each : read) {
            // Told once, by however many interfaces the two meet.
            Set<Read> others = new LinkedHashSet<>();
            for (String interfaceName : each.listener().interfaces()) {
                Optional.ofNullable(first.putIfAbsent(interfaceName, each)).ifPresent(others::add);
            }
            for (Read other : others) {
                if (other.listener().attach() != each.listener().attach()) {
                    refuseDifference("attach", each, other);
                }
                if (other.listener().hook() != each.listener().hook()) {
                    refuseDifference("hook", each, other);
                }
            }
        }
    }

    private static void refuseDifference(String key, Read each, Read other) {
        each.section()
                .problem(
                        key,
                        "differs from the listener on line " + other.section().line() + ", which shares the interface");
    }

    private static void refuseLoops(List<Read> read) {
        for (Read each : read) {
            for (Read target : read) {
                if (sendsTo(each.listener().receivers(), target.listener())) {
                    refuseLoop("downstream", each, target);
                }
                if (each.listener().mirror().stream()
                        .anyMatch(mirror -> sendsTo(mirror.receivers(), target.listener()))) {
                    refuseLoop("mirror", each, target);
                }
            }
        }
    }

    private static boolean sendsTo(ReceiverSet set, ListenerConfig target) {
        return set.downstream().stream().anyMatch(downstream -> target.takes(downstream.address()));
    }

    private static void refuseLoop(String key, Read each, Read target) {
        each.section()
                .problem(
                        key,
                        SocketAddressText.write(target.listener().bind()) + " is the listener on line "
                                + target.section().line() + ": datagrams would loop");
    }
}
