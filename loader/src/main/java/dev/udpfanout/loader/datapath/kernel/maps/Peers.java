package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.PeerEntry;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maps PEERS and PEER_DEVICES: what is behind which veth. The program goes by them only as long as both have the
 * veth, so that in whatever order they and the endpoint tables change, a datagram goes one way or the other.
 */
public final class Peers {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    private final KeyedMap<Integer, PeerEntry> entries;
    private final KeyedMap<Integer, Integer> devices;
    private Map<InetAddress, LocalPeer> placed = Map.of();
    private boolean tooMany;

    public Peers(KernelProgram program) {
        this.entries = program.map(SharedMaps.PEERS);
        this.devices = program.map(SharedMaps.PEER_DEVICES);
    }

    /** Which of a set's endpoints are in pods that can be reached so and that are wanted, and by which veth. */
    public Map<InetAddress, Integer> of(EndpointSet set, Predicate<LocalPeer> isWanted) {
        Map<InetAddress, Integer> found = new HashMap<>();
        for (Endpoint endpoint : set.endpoints()) {
            LocalPeer peer = placed.get(endpoint.address().getAddress());
            if (peer != null && isWanted.test(peer)) {
                found.put(endpoint.address().getAddress(), peer.ifindex());
            }
        }
        return found;
    }

    /**
     * Makes the maps hold exactly the wanted ones, also after an earlier daemon. A veth that is gone meanwhile is left
     * out.
     *
     * @param wanted by address; those of one veth are alike
     */
    public void set(Map<InetAddress, LocalPeer> wanted) {
        Map<Integer, LocalPeer> byIfindex = new HashMap<>();
        wanted.values().forEach(peer -> byIfindex.put(peer.ifindex(), peer));
        if (byIfindex.size() > Limits.MAX_PEERS && !tooMany) {
            LOG.warn(
                    "{} veths lead to endpoints, and at most {} are possible; the others are reached by the next hop",
                    byIfindex.size(),
                    Limits.MAX_PEERS);
        }
        tooMany = byIfindex.size() > Limits.MAX_PEERS;
        Set<Integer> veths = new HashSet<>();
        removeAllBut(byIfindex.keySet(), entries);
        removeAllBut(byIfindex.keySet(), devices);
        byIfindex.values().stream()
                .limit(Limits.MAX_PEERS)
                .filter(this::put)
                .forEach(peer -> veths.add(peer.ifindex()));
        placed = wanted.entrySet().stream()
                .filter(entry -> veths.contains(entry.getValue().ifindex()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private boolean put(LocalPeer peer) {
        int ifindex = peer.ifindex();
        try {
            entries.put(ifindex, new PeerEntry(peer.mtuBytes(), peer.hardwareAddress(), peer.gatewayHardwareAddress()));
            devices.put(ifindex, ifindex);
            return true;
        } catch (SystemCallException e) {
            // EINVAL: no such device. It went after it was seen, and the next look at the network says so.
            LOG.atDebug()
                    .addKeyValue("ifindex", ifindex)
                    .addKeyValue("error", e.getMessage())
                    .log("failed to set up direct delivery to a pod");
            entries.remove(ifindex);
            return false;
        }
    }

    private static void removeAllBut(Set<Integer> kept, KeyedMap<Integer, ?> map) {
        Set<Integer> others = map.keys();
        others.removeAll(kept);
        map.removeAll(others);
    }
}
