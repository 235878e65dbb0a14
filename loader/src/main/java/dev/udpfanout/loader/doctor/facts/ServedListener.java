package dev.udpfanout.loader.doctor.facts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import dev.udpfanout.loader.datapath.ListenerState;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A listener, and how it is served now: as the daemon says, or else as the configuration wants it.
 *
 * @param config what the file says of it
 * @param isUserspace whether sockets take its datagrams
 * @param modeReason why; empty if nobody says
 * @param interfaces where its datagrams come in, by name; of many that the daemon has found, some
 * @param receivers those that are known, as many as the daemon shows
 * @param hasOthersInUse whether some that it does not show get datagrams
 */
public record ServedListener(
        ListenerConfig config,
        boolean isUserspace,
        String modeReason,
        List<String> interfaces,
        List<Receiver> receivers,
        boolean hasOthersInUse) {
    /** A node has one for each pod; these are alike. */
    private static final int MAX_FOUND_INTERFACES = 8;

    public ServedListener {
        interfaces = List.copyOf(interfaces);
        receivers = List.copyOf(receivers);
    }

    /**
     * One receiver.
     *
     * @param name for people
     * @param address its address and port
     * @param isActive whether it gets datagrams
     * @param health as the daemon has it: {@code up}, {@code down} and so on; empty if nobody says
     * @param probeError why the last probe that failed did; empty if none has, or nobody says
     */
    public record Receiver(String name, InetSocketAddress address, boolean isActive, String health, String probeError) {
        /** How people find it. */
        public String label() {
            String host = AddressText.of(address.getAddress());
            String place = (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
            return Set.of("", "?", host, place).contains(name) ? place : place + " (" + name + ")";
        }
    }

    /** @param daemon what the daemon says */
    public static ServedListener of(ListenerConfig config, DaemonStatus daemon) {
        Optional<JsonNode> status = daemon.listener(config.name());
        boolean isUserspace = status.map(
                        listener -> listener.path("mode").asText().equals(ListenerState.USERSPACE))
                .orElse(config.mode() == Mode.USERSPACE);
        return new ServedListener(
                config,
                isUserspace,
                status.map(listener -> listener.path("mode_reason").asText()).orElse(""),
                config.interfaces().stream()
                        .flatMap(name -> isGroup(name)
                                ? daemon.interfacesOf(name).stream().limit(MAX_FOUND_INTERFACES)
                                : Stream.of(name))
                        .toList(),
                status.map(ServedListener::receivers).orElseGet(() -> ofFile(config)),
                status.filter(listener -> listener.path("endpoints_omitted")
                                        .path("active")
                                        .asLong()
                                > 0)
                        .isPresent());
    }

    /** No interface can have such a name: it stands for those that the daemon finds by itself. */
    private static boolean isGroup(String name) {
        return name.contains(":");
    }

    private static List<Receiver> receivers(JsonNode listener) {
        List<Receiver> found = new ArrayList<>();
        for (JsonNode endpoint : listener.path("endpoints")) {
            address(endpoint.path("address").asText())
                    .ifPresent(address -> found.add(new Receiver(
                            endpoint.path("name").asText(),
                            address,
                            endpoint.path("active").asBoolean(),
                            endpoint.path("health").asText(),
                            endpoint.path("last_probe_error").asText())));
        }
        return found;
    }

    private static Optional<InetSocketAddress> address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
            int port = Integer.parseInt(text.substring(colon + 1));
            return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        } catch (RuntimeException e) {
            // A daemon of another version may write it in another way.
            return Optional.empty();
        }
    }

    private static List<Receiver> ofFile(ListenerConfig config) {
        return config.receivers().downstream().stream()
                .map((Downstream each) -> new Receiver(each.name(), each.address(), true, "", ""))
                .toList();
    }

    public String name() {
        return config.name();
    }

    /** Whether its datagrams leave by a dummy interface, and come back in. */
    public boolean isOnDummy() {
        return config.isOnDummyInterface();
    }

    /**
     * Where its senders send to, as far as that is known: a VIP, or an address of the node. A wildcard stands for the
     * interface's own.
     *
     * @param vips of the listener's Service, with its port
     */
    public Optional<InetSocketAddress> sentTo(NodeNetwork node, Collection<InetSocketAddress> vips) {
        InetSocketAddress bind = config.bind();
        if (isOnDummy() || config.vipDirect()) {
            return vips.stream().findFirst();
        }
        return bind.getAddress().isAnyLocalAddress()
                ? node.link(interfaces.getFirst())
                        .flatMap(link -> node.address(link, isIpv6()))
                        .map(own -> new InetSocketAddress(own, bind.getPort()))
                : Optional.of(bind);
    }

    /**
     * By which interfaces senders' datagrams come in: the listener's own, or those that lead to it.
     *
     * @param vips of the listener's Service
     */
    public List<Link> incoming(NodeNetwork node, Collection<InetAddress> vips) {
        return isOnDummy() || isUserspace
                ? node.uplinks(isIpv6(), vips)
                : interfaces.stream().flatMap(name -> node.link(name).stream()).toList();
    }

    /** Whether its datagrams are IPv6. */
    public boolean isIpv6() {
        return config.bind().getAddress() instanceof Inet6Address;
    }
}
