package dev.udpfanout.bindings.rtnetlink.address;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFA_ADDRESS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFA_LOCAL;

import dev.udpfanout.bindings.generated.rtnetlink.ifaddrmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Reads RTM_NEWADDR and RTM_DELADDR. */
public final class AddressDecoder {
    private AddressDecoder() {}

    /** The address; empty if it is neither an IPv4 nor an IPv6 one. */
    public static Optional<InterfaceAddress> decode(Message message) {
        MemorySegment header = message.struct(ifaddrmsg.layout());
        int family = Byte.toUnsignedInt(ifaddrmsg.ifa_family(header));
        if (!InternetAddress.isFamily(family)) {
            return Optional.empty();
        }
        int prefixLength = Byte.toUnsignedInt(ifaddrmsg.ifa_prefixlen(header));
        if (prefixLength > InternetAddress.bits(family)) {
            throw new MalformedMessageException("an address with a prefix of " + prefixLength + " bits");
        }
        Attributes attributes = message.attributes(ifaddrmsg.layout());
        // On a point-to-point link IFA_ADDRESS is the peer's, IFA_LOCAL the link's own; without a peer IPv6 has only
        // the former.
        return attributes.bytes(IFA_LOCAL()).or(() -> attributes.bytes(IFA_ADDRESS())).stream()
                .map(bytes -> new InterfaceAddress(
                        ifaddrmsg.ifa_index(header),
                        InternetAddress.decode(family, bytes),
                        prefixLength,
                        new Scope(Byte.toUnsignedInt(ifaddrmsg.ifa_scope(header)))))
                .findFirst();
    }
}
