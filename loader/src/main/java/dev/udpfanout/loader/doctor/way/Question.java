package dev.udpfanout.loader.doctor.way;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.RouteAnswer;
import dev.udpfanout.bindings.rtnetlink.route.RouteQuestion;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/** What the kernel does with a datagram that some sender on a link's network has sent. */
final class Question {
    private Question() {}

    /**
     * Asks as for a datagram that comes in by the link, from an address beside the link's own. Which addresses senders
     * have is not known, so another one is tried if the kernel takes one for impossible.
     */
    static RouteAnswer ask(Network network, NodeNetwork node, InetAddress destination, Link link) {
        Optional<RouteAnswer> last = Optional.empty();
        for (InetAddress sender : node.senders(link, destination instanceof Inet6Address)) {
            RouteAnswer answer = network.routes().ask(RouteQuestion.comingIn(destination, sender, link.index()));
            if (answer.refusal().filter(Errno.EINVAL::equals).isEmpty()) {
                return answer;
            }
            last = Optional.of(answer);
        }
        return last.orElseGet(() -> network.routes().ask(RouteQuestion.from(destination)));
    }

    /** Why the kernel refuses: fib_props in net/ipv4/fib_semantics.c. */
    static String words(Errno why) {
        return switch (why.symbol()) {
            case "EINVAL" -> "a blackhole route, or rule, has it";
            case "EACCES" -> "a prohibit route, or rule, has it";
            case "EHOSTUNREACH" -> "an unreachable route has it, or forwarding is off";
            case "ENETUNREACH" -> "it has no route to it";
            default -> why.symbol();
        };
    }
}
