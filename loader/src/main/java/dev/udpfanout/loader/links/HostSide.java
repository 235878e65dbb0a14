package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.rule.Rule;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What stands on this node's side of the veths of pods, and would see a datagram on its way through the stack into a
 * pod: {@code bpf_redirect_peer} goes past it. Pure.
 *
 * @param onLinks what sees the packets that leave by a link, by the link's index; for people
 * @param onBridges what sees the frames of every bridge; for people
 * @param rules policy rules, for what is to be looked up elsewhere than the way into a pod was
 */
public record HostSide(Map<Integer, String> onLinks, List<String> onBridges, List<Rule> rules) {
    public HostSide {
        onLinks = Map.copyOf(onLinks);
        onBridges = List.copyOf(onBridges);
        rules = List.copyOf(rules);
    }

    /** What is to be said of each way into a pod where the kernel does not say what stands there: anything may. */
    public static Map<InetAddress, LocalPeer> unknown(Map<InetAddress, LocalPeer> peers, String error) {
        return peers.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, peer -> peer.getValue()
                .past("something unknown: " + error)));
    }

    /** Says of each way into a pod what it bypasses. */
    public Map<InetAddress, LocalPeer> judge(Map<InetAddress, LocalPeer> peers, List<Link> links) {
        Map<Integer, Link> byIndex =
                links.stream().collect(Collectors.toMap(Link::index, Function.identity(), (first, second) -> second));
        Map<InetAddress, LocalPeer> judged = new HashMap<>();
        peers.forEach((pod, peer) ->
                judged.put(pod, peer.past(OtherTables.ruleFor(pod, rules).orElseGet(() -> bypassed(peer, byIndex)))));
        return Map.copyOf(judged);
    }

    private String bypassed(LocalPeer peer, Map<Integer, Link> links) {
        Link veth = links.get(peer.ifindex());
        if (veth == null) {
            return "";
        }
        Stream<String> onVeth = on(veth);
        if (veth.master().isEmpty()) {
            return onVeth.findFirst().orElse("");
        }
        Link bridge = links.get(veth.master().getAsInt());
        Stream<String> onBridge = bridge == null
                ? Stream.empty()
                : Stream.concat(
                        bridge.filtersVlans() ? Stream.of("VLAN filtering of " + bridge.name()) : Stream.empty(),
                        on(bridge));
        return Stream.concat(onVeth, Stream.concat(onBridge, onBridges.stream()))
                .findFirst()
                .orElse("");
    }

    private Stream<String> on(Link link) {
        return Stream.concat(
                link.hasXdp() ? Stream.of("XDP program on " + link.name()) : Stream.empty(),
                Stream.ofNullable(onLinks.get(link.index())));
    }
}
