package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Firewall;
import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * UDP traffic of one listener that has to pass a hook of netfilter: no more than the listener takes itself.
 *
 * @param hook where the node's rules see it
 * @param direction to the listener, or back from it
 * @param interfaceName the dummy interface: it goes out of it, or, from the listener, comes in by it
 * @param addresses the listener's
 * @param port the listener's, 1..65535
 * @param listener its name
 */
public record Opening(
        Hook hook, Direction direction, String interfaceName, Prefix addresses, int port, String listener) {
    /** Where netfilter looks at packets: enum nf_inet_hooks of linux/netfilter.h. */
    public enum Hook {
        /** Packets for elsewhere: what is steered out of a dummy interface. */
        FORWARD,
        /** Packets for sockets of this node: what user space serves. */
        INPUT;

        /** As nft(8) has it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which way it goes. */
    public enum Direction {
        TO_LISTENER,
        FROM_LISTENER
    }

    /** Begins the comment of each rule that is ours. */
    static final String MARK = "udp-fanout: ";

    /** nft(8) takes 128 bytes of comment; the rest of ours needs up to 88. */
    private static final int MAX_NAME = 40;

    /** What has to pass so that these listeners can do their work, but for those whose operators see to it. */
    public static List<Opening> of(Hook hook, Collection<ListenerConfig> listeners) {
        return needed(
                hook,
                listeners.stream()
                        .filter(ListenerConfig::isOnDummyInterface)
                        .filter(listener -> listener.interception().firewall() == Firewall.ACCEPT)
                        .toList());
    }

    /** As above, whoever sees to it, and also for sockets that get what comes in by a NIC. */
    public static List<Opening> needed(Hook hook, Collection<ListenerConfig> listeners) {
        return listeners.stream()
                .filter(listener -> hook == Hook.INPUT || listener.isOnDummyInterface())
                .flatMap(listener -> of(hook, listener))
                .toList();
    }

    private static Stream<Opening> of(Hook hook, ListenerConfig listener) {
        InetAddress address = listener.bind().getAddress();
        Prefix bind = address.isAnyLocalAddress() ? new Prefix(address, 0) : Prefix.of(address);
        boolean isInRange =
                listener.range().filter(range -> range.contains(bind.network())).isPresent();
        Stream<Prefix> addresses =
                isInRange ? listener.range().stream() : Stream.concat(Stream.of(bind), listener.range().stream());
        return addresses.flatMap(prefix -> directions(hook, listener)
                .map(direction -> new Opening(
                        hook,
                        direction,
                        listener.interfaces().getFirst(),
                        prefix,
                        listener.bind().getPort(),
                        listener.name())));
    }

    /** Replies of the kernel's datapath come in by the dummy interface; those of user space are sent by a socket. */
    private static Stream<Direction> directions(Hook hook, ListenerConfig listener) {
        return hook == Hook.FORWARD && listener.replies()
                ? Stream.of(Direction.TO_LISTENER, Direction.FROM_LISTENER)
                : Stream.of(Direction.TO_LISTENER);
    }

    /** 4 or 6. */
    int family() {
        return addresses.family();
    }

    boolean isTo() {
        return direction == Direction.TO_LISTENER;
    }

    /** Says who added the rule and for what; two openings of a hook have different ones. */
    String comment() {
        String name = listener.replaceAll("[^A-Za-z0-9._-]", "_");
        return MARK + (isTo() ? "to " : "from ") + name.substring(0, Math.min(MAX_NAME, name.length())) + ", "
                + text(addresses) + " port " + port + " on " + interfaceName;
    }

    /** What a rule asks for, as nft(8) has it. */
    String condition() {
        String side = isTo() ? "d" : "s";
        String device = hook == Hook.INPUT ? "" : (isTo() ? "oifname " : "iifname ") + interfaceName + " ";
        return device + (family() == 4 ? "ip " : "ip6 ") + side + "addr " + text(addresses) + " udp " + side + "port "
                + port;
    }

    /** What iptables(8) is to be told, to accept it. */
    public String iptables() {
        String side = isTo() ? "d" : "s";
        String device = hook == Hook.INPUT ? "" : (isTo() ? "-o " : "-i ") + interfaceName + " ";
        return "-I " + hook + " " + device + "-" + side + " " + text(addresses) + " -p udp --" + side + "port " + port
                + " -j ACCEPT";
    }

    private static String text(Prefix prefix) {
        return prefix.equals(Prefix.of(prefix.network())) ? AddressText.of(prefix.network()) : prefix.toString();
    }

    @Override
    public String toString() {
        return comment().substring(MARK.length());
    }
}
