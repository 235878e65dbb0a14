package dev.udpfanout.bindings.rtnetlink.route;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.LinkLabel;
import java.util.Locale;

/** Names a route in an error's text, near to how iproute2 writes it. */
final class RouteLabel {
    private RouteLabel() {}

    static String of(RtnetlinkSocket socket, Route route) {
        StringBuilder label = new StringBuilder();
        if (route.type() != RouteType.UNICAST) {
            label.append(route.type().name().toLowerCase(Locale.ROOT)).append(' ');
        }
        label.append(route.destination().getHostAddress()).append('/').append(route.prefixLength());
        route.gateway().ifPresent(gateway -> label.append(" via ").append(gateway.getHostAddress()));
        route.linkIndex().ifPresent(index -> label.append(" dev ").append(LinkLabel.of(socket, index)));
        if (route.table() != Route.MAIN_TABLE) {
            label.append(" table ")
                    .append(route.table() == Route.LOCAL_TABLE ? "local" : Integer.toUnsignedString(route.table()));
        }
        return label.toString();
    }
}
