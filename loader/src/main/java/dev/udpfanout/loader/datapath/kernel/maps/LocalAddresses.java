package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.LocalAddressKey;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.Codec.Present;
import dev.udpfanout.bindings.map.ReconciledMap;
import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The maps LOCAL_ADDRESSES and LOCAL_FILTER: which addresses are this node's own. */
public final class LocalAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAddresses.class);

    /** The element of LOCAL_FILTER. */
    private static final int ONLY = 0;

    private final ReconciledMap<LocalAddressKey, Present> map;
    private final ArrayMap<Collection<InetAddress>> filter;

    /** Starts from what the maps hold: an earlier daemon may have filled them. */
    public LocalAddresses(KernelProgram program) {
        this.map = new ReconciledMap<>(program.map(SharedMaps.LOCAL_ADDRESSES));
        this.filter = program.map(SharedMaps.LOCAL_FILTER);
    }

    /**
     * A dummy interface's address is not the node's own: nothing is delivered to it. Loopback never leaves the node.
     */
    public static Set<InetAddress> of(Network network, Set<Integer> dummies) {
        return network.addresses().all().stream()
                .filter(address -> !dummies.contains(address.linkIndex()))
                .map(InterfaceAddress::address)
                .filter(address -> !address.isLoopbackAddress())
                .collect(Collectors.toSet());
    }

    /** The addresses that the maps hold. */
    public Set<InetAddress> inForce() {
        return map.inForce().keySet().stream().map(LocalAddressKey::address).collect(Collectors.toUnmodifiableSet());
    }

    /** Reads the map anew; how many entries are not as they were left. */
    int reread() {
        return map.reread();
    }

    /** Whether LOCAL_ADDRESSES holds what it was left with. */
    boolean isIntact() {
        return map.isIntact();
    }

    /**
     * Makes the maps hold exactly the wanted addresses. A bit of the filter is there before its address, and goes after
     * it.
     */
    public void set(Set<InetAddress> wanted) {
        Set<InetAddress> before = inForce();
        if (wanted.equals(before)) {
            // Somebody else may have written to it, and it cannot be read as addresses.
            filter.put(ONLY, wanted);
            return;
        }
        if (wanted.size() > Limits.MAX_LOCAL_ADDRESSES) {
            LOG.atError()
                    .addKeyValue("addresses", wanted.size())
                    .addKeyValue("most", Limits.MAX_LOCAL_ADDRESSES)
                    .log("this node has more addresses than a wildcard listener can match; keeping the previous set");
            return;
        }
        Set<InetAddress> either = new HashSet<>(before);
        either.addAll(wanted);
        filter.put(ONLY, either);
        map.set(wanted.stream().collect(Collectors.toMap(LocalAddressKey::new, address -> Present.YES)));
        filter.put(ONLY, wanted);
    }
}
