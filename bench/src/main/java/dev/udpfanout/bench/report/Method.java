package dev.udpfanout.bench.report;

import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.bench.result.Results;
import java.util.Locale;

/** How the figures came to be, in a paragraph. */
final class Method {
    private Method() {}

    static String text(Results results) {
        Results.Settings settings = results.settings();
        return String.format(
                Locale.ROOT,
                "Each path has network namespaces of its own: a client, a node, and %d pods behind a bridge, joined by veths. "
                        + "%d rounds; in each, every path is measured once, by turns. A figure is the median of the rounds; the interval "
                        + "is the one that order statistics give, with 95 %% or as near as the rounds allow. Comparisons are made round "
                        + "by round. Latency: as many sockets as the table says, each with an address and a port of its own, send by turns, %,d datagrams a second "
                        + "on a fixed schedule for %,d ms; what counts "
                        + "is the time from the moment when a datagram was to be sent, so a stall counts for every datagram that it "
                        + "holds up. The sender has CPU %d, where the kernel's forwarding runs as well; receivers and forwarders in "
                        + "user space have CPU %d. With fewer than %d CPUs a receiver that polls would keep a forwarder in user space "
                        + "from its CPU, so those are measured with receivers that block only. Throughput: as many senders as the table says, each with "
                        + "an address and a port of its own, flood for "
                        + "%,d ms; a filter on each pod's socket refuses the datagram once the kernel has carried it all the way, so "
                        + "receivers cost nothing. Mixed sizes: three senders of four log, with lines of 120 to 480 bytes (RFC 5424, section 6.1: 480 is "
                        + "what every receiver must take), and one exports NetFlow v5, with 10 or 30 records (504 or 1,464 bytes, by Cisco's format). "
                        + "That is an assumption, not a trace. CPU time is the whole machine's, the sender's included; with two workers in user space it is the "
                        + "daemon's own. Who gets a datagram there: drawn for each by a program on the sockets, or by the kernel's hash of addresses "
                        + "and ports, as replies need it.",
                settings.pods(),
                settings.rounds(),
                settings.perSecond(),
                settings.latencyMs(),
                Cpus.SENDER,
                Cpus.RECEIVER,
                Cpus.TO_POLL_BESIDE_A_FORWARDER,
                settings.floodMs());
    }
}
