package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.abi.netflow.NetflowShare;
import dev.udpfanout.bindings.map.ArrayMap;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The map NETFLOW_SHARES: what each address has in the maps, of which it may have a part. The program adds what it puts
 * in; what was taken out, is taken off here. One thread at a time.
 */
final class MapShares {
    private final ArrayMap<NetflowShare> shares;
    private List<NetflowShare> last = List.of();

    MapShares(ArrayMap<NetflowShare> shares) {
        this.shares = shares;
    }

    /**
     * Writes what is there in truth; nothing where nothing is there, as before.
     *
     * @param messages whose messages are in TEMPLATES, each as often as there is one
     * @param options whose templates are in OPTIONS_TEMPLATES
     */
    void write(List<InetAddress> messages, List<InetAddress> options) {
        List<NetflowShare> all = new ArrayList<>(Collections.nCopies(NetflowShare.COUNT, NetflowShare.NONE));
        for (InetAddress each : messages) {
            int index = NetflowShare.indexOf(each);
            all.set(index, all.get(index).plusMessage());
        }
        for (InetAddress each : options) {
            int index = NetflowShare.indexOf(each);
            all.set(index, all.get(index).plusOptions());
        }
        if (!all.equals(last)) {
            shares.putAll(all);
            last = all;
        }
    }
}
