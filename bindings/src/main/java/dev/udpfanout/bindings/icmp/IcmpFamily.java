package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;
import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET6;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMPV6_DEST_UNREACH;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMPV6_ECHO_REPLY;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMPV6_ECHO_REQUEST;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMPV6_FILTER;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMP_DEST_UNREACH;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMP_ECHO;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMP_ECHOREPLY;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMP_FILTER;
import static dev.udpfanout.bindings.generated.libc.Libc.IPPROTO_ICMP;
import static dev.udpfanout.bindings.generated.libc.Libc.IPPROTO_ICMPV6;
import static dev.udpfanout.bindings.generated.libc.Libc.IPPROTO_IP;
import static dev.udpfanout.bindings.generated.libc.Libc.IPPROTO_IPV6;
import static dev.udpfanout.bindings.generated.libc.Libc.IPV6_RECVERR;
import static dev.udpfanout.bindings.generated.libc.Libc.IP_RECVERR;
import static dev.udpfanout.bindings.generated.libc.Libc.SOL_RAW;
import static dev.udpfanout.bindings.generated.libc.Libc.SO_EE_ORIGIN_ICMP;
import static dev.udpfanout.bindings.generated.libc.Libc.SO_EE_ORIGIN_ICMP6;

import dev.udpfanout.bindings.generated.libc.sockaddr_in;
import dev.udpfanout.bindings.generated.libc.sockaddr_in6;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * What differs between ICMP (RFC 792) and ICMPv6 (RFC 4443), and between the sockets for them: icmp(7), ip(7), ipv6(7).
 */
enum IcmpFamily {
    V4(
            new Domain(AF_INET(), IPPROTO_ICMP(), (int) sockaddr_in.sizeof()),
            new Types(ICMP_ECHO(), ICMP_ECHOREPLY(), ICMP_DEST_UNREACH()),
            new Errors(IPPROTO_IP(), IP_RECVERR(), SO_EE_ORIGIN_ICMP())),
    V6(
            new Domain(AF_INET6(), IPPROTO_ICMPV6(), (int) sockaddr_in6.sizeof()),
            new Types(ICMPV6_ECHO_REQUEST(), ICMPV6_ECHO_REPLY(), ICMPV6_DEST_UNREACH()),
            new Errors(IPPROTO_IPV6(), IPV6_RECVERR(), SO_EE_ORIGIN_ICMP6()));

    /** ICMPv6_FILTER of RFC 3542, section 3.2: a bit for each type, set for those that are refused. */
    private static final int ICMPV6_TYPES = 256;

    private final Domain domain;
    private final Types types;
    private final Errors errors;

    IcmpFamily(Domain domain, Types types, Errors errors) {
        this.domain = domain;
        this.types = types;
        this.errors = errors;
    }

    /** What socket(2) is given, and how long an address is, in bytes. */
    record Domain(int family, int protocol, int addressBytes) {}

    /** Types of message. */
    record Types(int echo, int echoReply, int unreachable) {}

    /** Where a socket's error queue is asked for, and who puts errors there. */
    record Errors(int level, int option, int origin) {}

    /** What a raw socket's filter is set by; the words are in the machine's order. */
    record Filter(int level, int option, int[] words) {}

    static IcmpFamily of(InetAddress address) {
        return address instanceof Inet6Address ? V6 : V4;
    }

    Domain domain() {
        return domain;
    }

    Types types() {
        return types;
    }

    Errors errors() {
        return errors;
    }

    /** Lets through echo replies and "unreachable" only. */
    Filter filter() {
        if (this == V4) {
            return new Filter(
                    SOL_RAW(), ICMP_FILTER(), new int[] {~(1 << types.echoReply() | 1 << types.unreachable())});
        }
        int[] words = new int[ICMPV6_TYPES / Integer.SIZE];
        Arrays.fill(words, -1);
        words[types.echoReply() / Integer.SIZE] &= ~(1 << types.echoReply() % Integer.SIZE);
        words[types.unreachable() / Integer.SIZE] &= ~(1 << types.unreachable() % Integer.SIZE);
        return new Filter(domain.protocol(), ICMPV6_FILTER(), words);
    }

    /**
     * Whether the checksum is the socket's user's task; that of ICMPv6 is always the kernel's: RFC 3542, section 3.1.
     */
    boolean hasOwnChecksum() {
        return this == V4;
    }

    /** Whether what a socket receives begins with the IP header: raw(7); not with IPv6, RFC 3542, section 3. */
    boolean comesWithIpHeader(SocketKind kind) {
        return this == V4 && kind == SocketKind.RAW;
    }
}
