package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.yaml.BadTextException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads {@code ADDRESS/BITS}, or {@code ADDRESS} for that address alone. */
public final class PrefixText {
    private PrefixText() {}

    static Prefix parse(String text) throws BadTextException {
        Prefix prefix = covering(text);
        InetAddress address = SocketAddressText.address(text.split("/", 2)[0]);
        if (!prefix.network().equals(address)) {
            throw new BadTextException("\"" + text + "\" has bits set behind the prefix; write " + prefix
                    + ", or the address without / for itself alone");
        }
        return prefix;
    }

    /**
     * The prefix in which the address lies; bits may be set behind it.
     *
     * @throws BadTextException if the text is no prefix
     */
    public static Prefix covering(String text) throws BadTextException {
        int slash = text.indexOf('/');
        InetAddress address = SocketAddressText.address(slash < 0 ? text : text.substring(0, slash));
        int most = address.getAddress().length * Byte.SIZE;
        int bits = slash < 0 ? most : bits(text, text.substring(slash + 1), most);
        return new Prefix(cut(address, bits), bits);
    }

    private static int bits(String text, String number, int most) throws BadTextException {
        if (!number.matches("\\d{1,3}") || Integer.parseInt(number) > most) {
            throw new BadTextException(
                    "\"" + text + "\" is not a prefix: \"" + number + "\" is not a length in 0.." + most);
        }
        int bits = Integer.parseInt(number);
        SocketAddressText.refuseLeadingZero(text, number, bits);
        return bits;
    }

    private static InetAddress cut(InetAddress address, int bits) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            bytes[i] &= (byte) (0xff << (Byte.SIZE - kept));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("as long as an address", e);
        }
    }
}
