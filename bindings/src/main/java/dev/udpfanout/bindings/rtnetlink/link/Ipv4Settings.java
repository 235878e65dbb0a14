package dev.udpfanout.bindings.rtnetlink.link;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_AF_SPEC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFLA_INET_CONF;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IPV4_DEVCONF_ACCEPT_LOCAL;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IPV4_DEVCONF_FORWARDING;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IPV4_DEVCONF_RP_FILTER;

import dev.udpfanout.bindings.generated.rtnetlink.ifinfomsg;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A link's IPv4 settings (net.ipv4.conf.NAME), as its IFLA_AF_SPEC / AF_INET / IFLA_INET_CONF attribute has them:
 * inet_fill_link_af and inet_set_link_af in net/ipv4/devinet.c. What is read is an array of numbers, that of setting n
 * at place n - 1; what is written is an attribute a setting.
 */
public final class Ipv4Settings {
    public static final int FORWARDING = IPV4_DEVCONF_FORWARDING();
    public static final int REVERSE_PATH_FILTER = IPV4_DEVCONF_RP_FILTER();
    public static final int ACCEPT_LOCAL = IPV4_DEVCONF_ACCEPT_LOCAL();

    private Ipv4Settings() {}

    /** The value of a setting; empty if the link has no IPv4 settings, as one with too small an MTU. */
    public static Optional<Integer> decode(Message message, int setting) {
        return message.attributes(ifinfomsg.layout())
                .nested(IFLA_AF_SPEC())
                .nested(AF_INET())
                .bytes(IFLA_INET_CONF())
                .map(values -> at(values, setting));
    }

    private static int at(MemorySegment values, int setting) {
        long offset = (setting - 1) * (long) Integer.BYTES;
        if (offset + Integer.BYTES > values.byteSize()) {
            throw new MalformedMessageException(
                    "IFLA_INET_CONF has " + values.byteSize() + " bytes, no setting " + setting);
        }
        return values.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
    }

    /** A setting to write, and its value. */
    public record Change(int setting, int value) {
        public void encode(MessageBuilder message) {
            message.nest(
                    IFLA_AF_SPEC(),
                    families -> families.nest(
                            AF_INET(), ipv4 -> ipv4.nest(IFLA_INET_CONF(), conf -> conf.putInt(setting, value))));
        }
    }
}
