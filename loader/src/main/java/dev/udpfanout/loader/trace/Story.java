package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The way of one datagram, hop by hop; pure.
 *
 * @param sequence which datagram it is, from 0
 * @param from its sender; empty if it was not seen
 * @param hops in the order of time; of several copies, all of them
 * @param fate how it ended: of several copies, that of the one that says most
 */
public record Story(int sequence, Optional<InetSocketAddress> from, List<Hop> hops, Fate fate) {
    /** How the place of an event in another network namespace begins. */
    static final String POD = "pod's ";

    /**
     * @param events of this datagram alone, in any order
     * @param isRefused whether the interface has not taken it
     */
    static Story of(int sequence, List<TraceEvent> events, Place place, DropCauses causes, boolean isRefused) {
        List<TraceEvent> inOrder = events.stream()
                .sorted(Comparator.comparingLong(TraceEvent::timeNs))
                .toList();
        List<Hop> hops = new ArrayList<>();
        TraceEvent last = null;
        for (TraceEvent event : inOrder) {
            if (!isRepetition(last, event)) {
                hops.add(hop(last, event, place, causes));
                last = event;
            }
        }
        Optional<InetSocketAddress> from = inOrder.stream().findFirst().flatMap(TraceEvent::source);
        return new Story(
                sequence, from, hops, isRefused ? Endings.refused(place) : new Endings(inOrder, place, causes).fate());
    }

    /** A bridge or a queue may tell the same twice. */
    private static boolean isRepetition(TraceEvent last, TraceEvent event) {
        return last != null
                && last.kind() == event.kind()
                && last.packet() == event.packet()
                && last.interfaceIndex() == event.interfaceIndex()
                && last.namespace() == event.namespace()
                && last.destination().equals(event.destination());
    }

    /**
     * Two datagrams with the same shape went the same way, if not to the same endpoint. Whether the end was seen does
     * not count: kernels of 2025 and later free what a process has read without telling.
     */
    String shape() {
        return hops.stream()
                        .map(Hop::where)
                        .filter(where -> !where.equals(Hop.END))
                        .toList()
                + fate.cause();
    }

    private static Hop hop(TraceEvent last, TraceEvent event, Place place, DropCauses causes) {
        long sinceLastNs = last == null ? 0 : event.timeNs() - last.timeNs();
        String device = device(event, place);
        return switch (event.kind()) {
            case RECEIVED -> new Hop(sinceLastNs, device + " in", addresses(last, event));
            case SENT -> new Hop(sinceLastNs, device + " out", addresses(last, event));
            case OUR_DROP ->
                new Hop(
                        sinceLastNs,
                        device + " DROP",
                        "udp-fanout: " + ourReason(event).map(DropReason::label).orElse("reason " + event.result()));
            case ANSWERED -> new Hop(sinceLastNs, "ICMP", addresses(last, event));
            case QUEUED -> new Hop(sinceLastNs, device, addresses(last, event));
            case FREED -> new Hop(sinceLastNs, device + " DROP", causes.nameOf(event));
            case CONSUMED ->
                isRead(last)
                        // Not by whom: the kernel may free what a process has read later, while another one runs.
                        ? new Hop(sinceLastNs, Hop.END, "read")
                        : new Hop(sinceLastNs, Hop.END, "taken by the driver of " + device);
        };
    }

    /** What the driver has sent is freed then; what came in is read. */
    private static boolean isRead(TraceEvent last) {
        return last != null && last.kind() != TraceEvent.Kind.SENT;
    }

    static String device(TraceEvent event, Place place) {
        String unknown = event.kind() == TraceEvent.Kind.QUEUED ? "socket" : "node";
        String name = event.device().isEmpty() ? unknown : event.device();
        return place.isHere(event) || event.namespace() == 0 ? name : POD + name;
    }

    static Optional<DropReason> ourReason(TraceEvent event) {
        return Arrays.stream(DropReason.values())
                .filter(reason -> reason.code() == event.result())
                .findAny();
    }

    private static String addresses(TraceEvent last, TraceEvent event) {
        if (event.destination().isEmpty()) {
            return "";
        }
        boolean isFirst = last == null || last.destination().isEmpty();
        boolean isNewSource = !isFirst && !last.source().equals(event.source());
        boolean isNewDestination = isFirst || !last.destination().equals(event.destination());
        StringBuilder text = new StringBuilder();
        if (isNewSource) {
            text.append("from ")
                    .append(SocketAddressText.write(event.source().orElseThrow()))
                    .append(' ');
        }
        if (isNewDestination) {
            text.append("to ")
                    .append(SocketAddressText.write(event.destination().orElseThrow()));
        }
        return text.toString().strip();
    }
}
