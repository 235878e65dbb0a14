package dev.udpfanout.loader.metrics;

import static dev.udpfanout.loader.metrics.MetricKind.COUNTER;
import static dev.udpfanout.loader.metrics.MetricKind.GAUGE;
import static dev.udpfanout.loader.metrics.MetricKind.HISTOGRAM;
import static dev.udpfanout.loader.metrics.MetricKind.INFO;

import java.util.List;
import java.util.Optional;

/**
 * The catalogue of the daemon's own metrics: each is declared here once. {@code docs/metrics.md} lists the same ones,
 * the dashboard and the alerts use no others, and a page with every part of the daemon at work has all of them; tests
 * hold that. Names follow Prometheus' conventions (prometheus.io/docs/practices/naming): base units, counters end in
 * {@code _total}.
 */
public enum Metric {
    READY(GAUGE, "ready", "1 if every listener is attached and has a usable endpoint, as /readyz says."),
    BUILD(INFO, "build", "Always 1; the label has the program's version.", "version"),
    CONFIG_VALID(GAUGE, "config_valid", "1 if the current configuration file is in force."),
    CONFIG_RELOADS(
            COUNTER, "config_reloads", "Changes of the configuration file, by result: applied or refused.", "result"),

    PACKETS_RECEIVED(COUNTER, "packets_received", "Datagrams that matched a listener.", "listener", "mode"),
    PACKETS_FORWARDED(COUNTER, "packets_forwarded", "Datagrams that were handed to the next hop.", "listener", "mode"),
    PACKETS_DROPPED(
            COUNTER,
            "packets_dropped",
            "Datagrams of a listener that were not forwarded, by drop reason.",
            "listener",
            "mode",
            "reason"),
    PACKETS_BY_STACK(
            COUNTER,
            "packets_by_stack",
            "Datagrams and fragments that were forwarded through the stack, which cuts what does not fit the way.",
            "listener"),
    TOO_BIG_ANSWERS(
            COUNTER, "too_big_answers", "ICMP messages that told a sender how large its datagrams may be.", "listener"),
    TOO_BIG_ANSWERS_WITHHELD(
            COUNTER,
            "too_big_answers_withheld",
            "ICMP messages to senders that were due and not sent: over the rate, or no way to the sender.",
            "listener"),
    BYTES_RECEIVED(COUNTER, "bytes_received", "Bytes of the frames that matched a listener.", "listener", "mode"),
    BYTES_FORWARDED(
            COUNTER, "bytes_forwarded", "Bytes of the frames that were handed to the next hop.", "listener", "mode"),
    ENDPOINT_PACKETS(COUNTER, "endpoint_packets", "Datagrams that were sent to an endpoint.", "listener", "endpoint"),
    ENDPOINT_BYTES(
            COUNTER, "endpoint_bytes", "Bytes of the frames that were sent to an endpoint.", "listener", "endpoint"),
    ENDPOINTS_ACTIVE(
            GAUGE,
            "endpoints_active",
            Optional.of("downstream_active"),
            "Endpoints that datagrams are sent to.",
            "listener"),
    ENDPOINT_HEALTH(
            GAUGE,
            "endpoint_health",
            Optional.of("downstream_health"),
            "0 if the probes find the endpoint down or its port is closed, 1 if it is up or unknown.",
            "listener",
            "endpoint"),
    MODE(
            GAUGE,
            "mode",
            "Always 1; the labels name the datapath of the listener and the reason, in one word; /status has the sentence.",
            "listener",
            "mode",
            "reason"),
    PATH_MTU(
            GAUGE,
            "path_mtu_bytes",
            "Bytes of the largest IP packet that fits the ways to all endpoints of the listener.",
            "listener"),
    ATTACHED(GAUGE, "attached", "1 if datagrams reach the listener by at least one interface.", "listener"),
    INTERFACE_ATTACHED(
            GAUGE,
            "interface_attached",
            "1 if datagrams that arrive by the interface reach the listener.",
            "listener",
            "interface"),
    INTERFACE_BEHIND(
            GAUGE,
            "interface_behind",
            "1 if other agents' programs run before the listener's on the interface's hook.",
            "listener",
            "interface"),
    PUBLISHED(GAUGE, "published", "1 if the API server has this node's current endpoint of the listener.", "listener"),

    SERVICES(GAUGE, "services", "Annotated Services, by state: served, or refused and left to kube-proxy.", "state"),
    SERVICES_WATCH_CONNECTED(GAUGE, "services_watch_connected", "1 if the API server tells of changes of Services."),
    EARLY_FRAGMENTS(
            COUNTER, "early_fragments", "Fragments that came before the one with the ports and may be a listener's."),
    EARLY_FRAGMENTS_SENT(
            COUNTER,
            "early_fragments_sent",
            "Such fragments that were sent to an endpoint; each goes to one of every listener at its address."),
    EARLY_FRAGMENTS_REFUSED(
            COUNTER,
            "early_fragments_refused",
            "Such fragments that were sent to no endpoint, because their source or all together sent too many."),

    ICMP_ERRORS_TRANSLATED(
            COUNTER,
            "icmp_errors_translated",
            "ICMP errors about datagrams sent to endpoints that went on to the client with its own datagram quoted."),
    ICMP_ERRORS_FAILED(
            COUNTER,
            "icmp_errors_failed",
            "Such ICMP errors that the kernel could not edit or send, and were dropped."),

    MIRROR_PACKETS_FORWARDED(
            COUNTER, "mirror_packets_forwarded", "Copies for the mirror that were handed to the next hop.", "listener"),
    MIRROR_PACKETS_DROPPED(
            COUNTER,
            "mirror_packets_dropped",
            "Copies for the mirror that were not forwarded, by drop reason.",
            "listener",
            "reason"),
    MIRROR_ENDPOINT_PACKETS(
            COUNTER,
            "mirror_endpoint_packets",
            "Copies that were sent to an endpoint of the mirror.",
            "listener",
            "endpoint"),
    MIRROR_ENDPOINT_BYTES(
            COUNTER,
            "mirror_endpoint_bytes",
            "Bytes of the frames of copies that were sent to an endpoint of the mirror.",
            "listener",
            "endpoint"),
    MIRROR_HEALTH(
            GAUGE,
            "mirror_health",
            "0 if the probes find the mirror's endpoint down or its port is closed, 1 if it is up or unknown.",
            "listener",
            "endpoint"),

    FLOWS_ACTIVE(GAUGE, "flows_active", "Flows of a listener with replies; user space only.", "listener", "mode"),
    FLOWS_OPENED(COUNTER, "flows_opened", "Flows that were opened.", "listener", "mode"),
    FLOWS_CLOSED(
            COUNTER,
            "flows_closed",
            "Flows that were closed, by reason: evicted for another flow, or expired; user space only.",
            "listener",
            "mode",
            "reason"),
    REPLY_PACKETS_FORWARDED(
            COUNTER, "reply_packets_forwarded", "Replies that were sent to clients.", "listener", "mode"),
    REPLY_BYTES_FORWARDED(
            COUNTER,
            "reply_bytes_forwarded",
            "Bytes of the frames of replies that were sent to clients.",
            "listener",
            "mode"),
    REPLY_PACKETS_BY_STACK(
            COUNTER,
            "reply_packets_by_stack",
            "Replies that were sent to clients through the stack, which cuts what does not fit the way.",
            "listener"),
    REPLY_PACKETS_DROPPED(
            COUNTER,
            "reply_packets_dropped",
            "Replies that were not sent to their client, by drop reason.",
            "listener",
            "mode",
            "reason"),
    NETFLOW_EXPORTERS(GAUGE, "netflow_exporters", "Exporters with remembered templates.", "listener", "mode"),
    NETFLOW_TEMPLATES(GAUGE, "netflow_templates", "Templates that are remembered.", "listener", "mode"),
    NETFLOW_TEMPLATES_EVICTED(
            COUNTER, "netflow_templates_evicted", "Templates forgotten for lack of room.", "listener", "mode"),
    NETFLOW_TEMPLATE_MESSAGES(
            COUNTER,
            "netflow_template_messages",
            "Messages of templates that were sent to endpoints, by reason: copied, cut, joined, retried or retold.",
            "listener",
            "mode",
            "reason"),
    NETFLOW_MALFORMED(COUNTER, "netflow_malformed", "Messages whose lengths lie.", "listener", "mode"),
    KERNEL_FLOWS(GAUGE, "kernel_flows", "Flows in the kernel's table."),
    KERNEL_FLOWS_MAX(GAUGE, "kernel_flows_max", "Flows for which the kernel's table has room."),
    KERNEL_FLOWS_EXPIRED(COUNTER, "kernel_flows_expired", "Flows that left the kernel's table because they were idle."),
    KERNEL_FLOWS_EVICTED(COUNTER, "kernel_flows_evicted", "Flows that left the kernel's table for lack of room."),
    KERNEL_FLOWS_REFUSED(
            COUNTER, "kernel_flows_refused", "Flows not opened, by reason: no_room or expected_elsewhere.", "reason"),

    HEALTH_PROBES(COUNTER, "health_probes", "Finished health probes, by protocol and result.", "protocol", "result"),
    HEALTH_CHANGES(COUNTER, "health_changes", "Endpoints that went up or down."),
    PORTS_CLOSED(GAUGE, "ports_closed", "Endpoints that are out because nobody listens at their port."),
    PORT_CHECKS(
            COUNTER,
            "port_checks",
            "Empty datagrams that were sent to ask whether an endpoint's port is closed, by result.",
            "result"),
    HEALTH_TARGETS(GAUGE, "health_targets", "Endpoints that are probed."),
    HEALTH_DOWN(GAUGE, "health_down", "Endpoints that the probes find down."),

    KUBERNETES_WATCH_CONNECTED(GAUGE, "kubernetes_watch_connected", "1 if every watch of the API server is running."),
    KUBERNETES_WATCH_SYNCED(GAUGE, "kubernetes_watch_synced", "1 if every watch has seen a first full list."),
    KUBERNETES_WATCH_EVENTS(
            COUNTER,
            "kubernetes_watch_events",
            "Changes of endpoints or VIPs that the watches reported; a burst counts once."),
    KUBERNETES_WATCH_RELISTS(
            COUNTER, "kubernetes_watch_relists", "Full lists after the first, because a watch had ended."),
    KUBERNETES_WATCH_FAILURES(COUNTER, "kubernetes_watch_failures", "Lists and watches that failed."),
    KUBERNETES_ENDPOINTS_LEFT_OUT(
            GAUGE,
            "kubernetes_endpoints_left_out",
            "Endpoints of Services that are not used because of what their EndpointSlice says, by reason.",
            "reason"),
    KUBERNETES_WATCH_LAST_CONTACT_AGE(
            GAUGE,
            "kubernetes_watch_last_contact_age_seconds",
            "Seconds since the API server was last heard of; grows where nothing changes."),

    THREAD_RESTARTS(
            COUNTER, "thread_restarts", "Threads that failed and were started again, by what they do.", "thread"),
    THREADS_DEAD(GAUGE, "threads_dead", "Threads that fail again and again; /healthz says which."),
    FIREWALL_OPEN(
            GAUGE,
            "firewall_chain_open",
            "1 if a chain that would drop listeners' datagrams has the daemon's rule, 0 if it could not be added.",
            "backend",
            "chain"),
    FIREWALL_ACCEPTED(
            COUNTER,
            "firewall_pkts_accepted",
            "Packets that the daemon's rules in a chain have let through; begins anew with the rule.",
            "backend",
            "chain"),
    REPAIRS(COUNTER, "repairs", "Repairs of what the daemon had set up, by kind.", "repair"),
    REPAIR_OUTAGES(
            COUNTER,
            "repair_outages_seconds",
            "At most how long what was repaired had been gone, all times together, by kind.",
            "repair"),
    STALE_FLOWS(
            COUNTER,
            "stale_flows_deleted",
            "Entries of connection tracking that led datagrams past the listener, and were deleted.",
            "listener"),
    ENDPOINT_UPDATE(HISTOGRAM, "endpoint_update_seconds", "Seconds from an event to the endpoint table in force."),
    PACKET_PROCESSING(
            HISTOGRAM, "packet_processing_seconds", "Seconds in the kernel program for a datagram; a sample of them.");

    private static final String PREFIX = "udp_fanout_";

    private final MetricKind kind;
    private final String base;
    private final Optional<String> deprecated;
    private final String help;
    private final List<String> labels;

    Metric(MetricKind kind, String base, String help, String... labels) {
        this(kind, base, Optional.empty(), help, labels);
    }

    Metric(MetricKind kind, String base, Optional<String> deprecated, String help, String... labels) {
        this.kind = kind;
        this.base = PREFIX + base;
        this.deprecated = deprecated.map(PREFIX::concat);
        this.help = help;
        this.labels = List.of(labels);
    }

    public MetricKind kind() {
        return kind;
    }

    /** The name without {@code _total} or {@code _info}, as the client library takes it. */
    String base() {
        return base;
    }

    /** The name on the page; a histogram's series have {@code _bucket}, {@code _sum} and {@code _count} behind it. */
    public String exposedName() {
        return switch (kind) {
            case COUNTER -> base + "_total";
            case INFO -> base + "_info";
            case GAUGE, HISTOGRAM -> base;
        };
    }

    /** An earlier name that is served beside the new one, and goes with the next version. */
    public Optional<String> deprecated() {
        return deprecated;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels;
    }
}
