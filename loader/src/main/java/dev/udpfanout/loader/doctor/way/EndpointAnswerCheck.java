package dev.udpfanout.loader.doctor.way;

import dev.udpfanout.bindings.rtnetlink.neighbour.NeighbourState;
import dev.udpfanout.bindings.rtnetlink.route.ChosenRoute;
import dev.udpfanout.bindings.rtnetlink.route.RouteQuestion;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ReceiverAnswers;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.facts.ServedListener.Receiver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether each receiver can be reached on its link and has a socket. That a host does not answer echo requests says
 * nothing by itself, as filters drop them; with a neighbour entry that nobody has confirmed it does.
 */
public final class EndpointAnswerCheck {
    private static final String NEIGHBOUR = "endpoint_neighbour";
    private static final String SOCKET = "endpoint_socket";

    private final Network network;
    private final NodeNetwork node;

    public EndpointAnswerCheck(Network network, NodeNetwork node) {
        this.network = network;
        this.node = node;
    }

    public List<Diagnosis> of(ServedListener listener) {
        List<Receiver> receivers = listener.receivers().stream()
                .limit(EndpointRouteCheck.MAX_RECEIVERS)
                .toList();
        ReceiverAnswers answers =
                ReceiverAnswers.ask(receivers.stream().map(Receiver::address).toList());
        List<NeighbourState> neighbours = network.neighbours().states();
        List<Diagnosis> found = new ArrayList<>();
        for (Receiver receiver : receivers) {
            found.add(of(receiver, answers, neighbours));
        }
        return found;
    }

    private Diagnosis of(Receiver receiver, ReceiverAnswers answers, List<NeighbourState> neighbours) {
        InetSocketAddress address = receiver.address();
        if (answers.closed().contains(address)) {
            return Diagnosis.problem(
                    SOCKET,
                    "nobody listens on " + receiver.label() + " (ICMP port unreachable)",
                    "what is sent there is lost until the daemon takes it out; then it gets nothing",
                    "look at the receiver's own port and log");
        }
        if (answers.echoed().contains(address.getAddress())) {
            return Diagnosis.ok(SOCKET, receiver.label() + " answers echo requests, and does not refuse datagrams");
        }
        Optional<ChosenRoute> route =
                network.routes().ask(RouteQuestion.from(address.getAddress())).route();
        InetAddress hop = route.flatMap(ChosenRoute::gateway).orElse(address.getAddress());
        int link = route.map(chosen -> chosen.linkIndex().orElse(0)).orElse(0);
        Optional<NeighbourState> neighbour = neighbours.stream()
                .filter(each -> each.linkIndex() == link && each.address().equals(hop))
                .findFirst();
        String place = AddressText.of(hop) + " on " + node.name(link);
        if (neighbour.filter(NeighbourState::isUnanswered).isPresent()) {
            return Diagnosis.problem(
                    NEIGHBOUR,
                    "nobody answers for " + place + " (ARP or neighbour discovery)",
                    "datagrams for " + receiver.label() + " have no link-layer address to go to",
                    "is the pod or host there? ip neighbour show " + AddressText.of(hop));
        }
        if (answers.isEchoKnown()
                && neighbour.filter(NeighbourState::isPermanent).isPresent()) {
            return Diagnosis.problem(
                    NEIGHBOUR,
                    "the neighbour entry of " + place + " is fixed at "
                            + neighbour.get().hardwareAddress() + ", and nobody answers there",
                    "datagrams for " + receiver.label() + " go to a link-layer address that is not its own",
                    "ip neighbour del " + AddressText.of(hop) + " dev " + node.name(link));
        }
        String health = receiver.health().isEmpty() ? "" : "; the daemon's probes say " + receiver.health();
        return Diagnosis.ok(SOCKET, receiver.label() + " does not answer echo requests, which it need not" + health);
    }
}
