package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.yaml.BadTextException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code ADDRESS:PORT} and {@code [IPV6-ADDRESS]:PORT}. Addresses are literal: a name would need a resolver, and
 * could mean something else tomorrow.
 */
public final class SocketAddressText {
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
    private static final String VIP = "vip:";
    private static final String VIP6 = "[vip]:";
    private static final int MAX_PORT = 65535;

    private SocketAddressText() {}

    /** The address and the port, 1 to 65535. */
    public static InetSocketAddress parse(String text) throws BadTextException {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new BadTextException("\"" + text + "\" is not ADDRESS:PORT");
        }
        String host = text.substring(0, colon);
        InetAddress address =
                host.startsWith("[") && host.endsWith("]") ? ipv6(host.substring(1, host.length() - 1)) : ipv4(host);
        return new InetSocketAddress(address, port(text.substring(colon + 1)));
    }

    /** An address without a port, and so without brackets. */
    public static InetAddress address(String text) throws BadTextException {
        return text.indexOf(':') >= 0 ? ipv6(text) : ipv4(text);
    }

    /**
     * Whether the text is {@code vip:PORT} or {@code [vip]:PORT}: an address of a Service, whatever that is at the
     * time.
     */
    static boolean isVip(String text) {
        return text.startsWith(VIP) || text.startsWith(VIP6);
    }

    /**
     * The port of {@code vip:PORT}, with 0.0.0.0, or of {@code [vip]:PORT}, with ::, for the address that is not known
     * yet.
     */
    static InetSocketAddress parseVip(String text) throws BadTextException {
        return text.startsWith(VIP6)
                ? new InetSocketAddress(ipv6("::"), port(text.substring(VIP6.length())))
                : new InetSocketAddress(ipv4("0.0.0.0"), port(text.substring(VIP.length())));
    }

    /** As {@link #parse} reads it. */
    public static String write(InetSocketAddress address) {
        String host = AddressText.of(address.getAddress());
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** A port, 1 to 65535, in decimal digits. */
    static int port(String text) throws BadTextException {
        if (text.matches("\\d{1,5}-\\d{1,5}")) {
            throw new BadTextException("\"" + text + "\" is a range of ports, and one port is needed here; of a"
                    + " range, write one listener for each port");
        }
        if (!text.matches("-?\\d+")) {
            throw new BadTextException("\"" + text + "\" is not a port number");
        }
        // Longer than any port, and than what an int holds: 0 is out of range as well.
        int port = text.length() > 9 ? 0 : Integer.parseInt(text);
        if (port < 1 || port > MAX_PORT) {
            throw new BadTextException("port " + text + " is not in 1.." + MAX_PORT);
        }
        refuseLeadingZero(text, text, port);
        return port;
    }

    /**
     * Whoever reads a number as C does would see another one.
     *
     * @param part of the text, in which the number stands
     */
    static void refuseLeadingZero(String text, String part, int number) throws BadTextException {
        if (!part.equals(String.valueOf(number))) {
            String where = text.equals(part) ? "" : " in \"" + part + "\"";
            throw new BadTextException("\"" + text + "\" has a leading zero" + where
                    + ", which some programs read as octal; write " + number);
        }
    }

    private static InetAddress ipv6(String text) throws BadTextException {
        if (!text.matches("[0-9a-fA-F:.]+")) {
            throw new BadTextException("\"" + text + "\" is not an IPv6 address (no names, no zones)");
        }
        InetAddress address;
        try {
            address = Inet6Address.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new BadTextException("\"" + text + "\" is not an IPv6 address");
        }
        if (!(address instanceof Inet6Address)) {
            throw new BadTextException(
                    "\"" + text + "\" is an IPv4 address in IPv6's form; write " + address.getHostAddress());
        }
        return address;
    }

    private static InetAddress ipv4(String text) throws BadTextException {
        Matcher matcher = IPV4.matcher(text);
        if (!matcher.matches()) {
            throw new BadTextException(
                    text.indexOf(':') >= 0
                            ? "\"" + text
                                    + "\" is not an IPv4 address; an IPv6 address goes into brackets: [2001:db8::1]:5514"
                            : "\"" + text + "\" is not an IPv4 address (names are not resolved)");
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < bytes.length; i++) {
            String part = matcher.group(i + 1);
            int number = Integer.parseInt(part);
            refuseLeadingZero(text, part, number);
            if (number > 255) {
                throw new BadTextException("\"" + text + "\" is not an IPv4 address: " + number + " is not in 0..255");
            }
            bytes[i] = (byte) number;
        }
        try {
            return Inet4Address.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are always an IPv4 address", e);
        }
    }
}
