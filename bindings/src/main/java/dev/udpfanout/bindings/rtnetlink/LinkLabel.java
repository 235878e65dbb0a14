package dev.udpfanout.bindings.rtnetlink;

import dev.udpfanout.bindings.errno.SystemCallException;

/** Names a link in an error's text. */
final class LinkLabel {
    private LinkLabel() {}

    /** The link's name, or "link 7" if it has gone: what asks for this has failed, and often for that reason. */
    static String of(RtnetlinkSocket socket, int index) {
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
