package dev.udpfanout.bindings.rtnetlink.link;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;

/** Names a link in an error's text. */
public final class LinkLabel {
    private LinkLabel() {}

    /** The link's name, or "link 7" if it has gone: what asks for this has failed, and often for that reason. */
    public static String of(RtnetlinkSocket socket, int index) {
        String number = "link " + index;
        if (index <= 0) {
            return number;
        }
        try {
            return new Links(socket).byIndex(index).map(Link::name).orElse(number);
        } catch (SystemCallException e) {
            return number;
        }
    }
}
