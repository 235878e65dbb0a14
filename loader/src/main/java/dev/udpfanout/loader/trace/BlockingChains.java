package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.RouteAnswer;
import dev.udpfanout.bindings.rtnetlink.route.RouteQuestion;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.firewall.FirewallInspection;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.net.InetSocketAddress;
import java.util.List;

/** Which chains of the packet filter drop a datagram by what their rules say: for rules that count nothing. */
final class BlockingChains {
    private BlockingChains() {}

    /**
     * Names them, in the calling thread's network namespace: at the hook that the datagram passes by the kernel's own
     * answer about its route.
     *
     * @param destination as the packet filter has seen it
     */
    static List<String> of(Network network, WayIn wayIn, InetSocketAddress destination) {
        RouteAnswer answer = network.routes()
                .ask(RouteQuestion.comingIn(
                        destination.getAddress(), wayIn.sender(), wayIn.nic().index()));
        String out = answer.route()
                .flatMap(route -> route.linkIndex().stream().boxed().findFirst())
                .flatMap(network.links()::byIndex)
                .map(Link::name)
                .orElse("");
        FirewallInspection inspection = answer.isLocal()
                ? FirewallInspection.of(Hook.INPUT, wayIn.nic().name(), destination)
                : FirewallInspection.of(Hook.FORWARD, out, destination);
        return inspection.chains().stream()
                .filter(chain -> !chain.hasRule())
                .map(chain -> "chain " + chain.chain() + " drops what goes " + chain.traffic() + ", by its rules")
                .toList();
    }
}
