package dev.udpfanout.loader.kubernetes.api;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** An address as the API server writes it. Whoever writes resources may write anything there. */
public final class LiteralAddress {
    /** {@link InetAddress#ofLiteral} also takes IPv4 addresses of fewer than four parts: inet_addr(3). */
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private LiteralAddress() {}

    /**
     * The address of one host.
     *
     * @param text may be null
     * @return empty if it is no literal address, or one that no datagram can be sent to: unspecified or multicast
     */
    public static Optional<InetAddress> parse(String text) {
        if (text == null || !(IPV4.matcher(text).matches() || IPV6.matcher(text).matches())) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text))
                    .filter(address -> !address.isAnyLocalAddress() && !address.isMulticastAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
