package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.AddressFilter;
import dev.udpfanout.bindings.abi.listener.LocalAddressKey;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.loader.datapath.network.Network;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The maps LOCAL_ADDRESSES and LOCAL_FILTER: which addresses are this node's own. */
public final class LocalAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAddresses.class);

    private final BpfMap map;
    private final BpfMap filter;
    private Set<InetAddress> inForce;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    public LocalAddresses(BpfMap map, BpfMap filter) {
        this.map = map;
        this.filter = filter;
        this.inForce = read(map);
    }

    private static Set<InetAddress> read(BpfMap map) {
        Set<InetAddress> addresses = new HashSet<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(LocalAddressKey.BYTES);
            for (boolean more = map.nextKey(MemorySegment.NULL, key); more; more = map.nextKey(key, key)) {
                addresses.add(LocalAddressKey.read(key).address());
            }
        }
        return addresses;
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

    public Set<InetAddress> inForce() {
        return inForce;
    }

    /**
     * Makes the maps hold exactly the wanted addresses. A bit of the filter is there before its address, and goes after
     * it.
     */
    public void set(Set<InetAddress> wanted) {
        if (wanted.equals(inForce)) {
            return;
        }
        if (wanted.size() > Limits.MAX_LOCAL_ADDRESSES) {
            LOG.atError()
                    .addKeyValue("addresses", wanted.size())
                    .addKeyValue("most", Limits.MAX_LOCAL_ADDRESSES)
                    .log("this node has more addresses than a wildcard listener can match; keeping the previous set");
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            Set<InetAddress> either = new HashSet<>(inForce);
            either.addAll(wanted);
            filter.put(arena.allocate(Integer.BYTES), AddressFilter.write(arena, either));
            MemorySegment present = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            for (InetAddress address : inForce) {
                if (!wanted.contains(address)) {
                    map.remove(new LocalAddressKey(address).write(arena));
                }
            }
            for (InetAddress address : wanted) {
                if (!inForce.contains(address)) {
                    map.put(new LocalAddressKey(address).write(arena), present);
                }
            }
            filter.put(arena.allocate(Integer.BYTES), AddressFilter.write(arena, wanted));
        }
        inForce = Set.copyOf(wanted);
    }
}
