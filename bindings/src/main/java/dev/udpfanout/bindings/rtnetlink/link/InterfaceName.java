package dev.udpfanout.bindings.rtnetlink.link;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.IFNAMSIZ;

import java.nio.charset.StandardCharsets;

/** What Linux accepts as the name of an interface: dev_valid_name in net/core/dev.c. */
final class InterfaceName {
    private InterfaceName() {}

    /**
     * The name itself, if it has 1 to 15 bytes of UTF-8, no '/', ':' or white space, and is neither "." nor "..". '%'
     * is refused too: the kernel reads "udp%d" as a pattern and makes up a name.
     *
     * @throws IllegalArgumentException if it is not such a name
     */
    static String checked(String name) {
        int lengthBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (lengthBytes == 0 || lengthBytes >= IFNAMSIZ()) {
            throw refused(name, "has " + lengthBytes + " bytes, not 1 to " + (IFNAMSIZ() - 1));
        }
        if (name.equals(".") || name.equals("..")) {
            throw refused(name, "is a directory's name");
        }
        if (name.chars().anyMatch(InterfaceName::isForbidden)) {
            throw refused(name, "holds white space, a control character or one of / : %");
        }
        return name;
    }

    private static boolean isForbidden(int c) {
        return c == '/' || c == ':' || c == '%' || Character.isISOControl(c) || Character.isSpaceChar(c);
    }

    private static IllegalArgumentException refused(String name, String why) {
        return new IllegalArgumentException("\"" + name + "\" is no name for an interface: it " + why);
    }
}
