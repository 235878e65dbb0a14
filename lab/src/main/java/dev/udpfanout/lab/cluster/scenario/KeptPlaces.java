package dev.udpfanout.lab.cluster.scenario;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The addresses of Services that are deleted and made anew: senders in pods and outside go on with them. */
final class KeptPlaces {
    private final ServicePlaces places;
    private final Map<Lane, String> vips = new EnumMap<>(Lane.class);
    private final Map<Lane, List<String>> clusterIps = new EnumMap<>(Lane.class);

    KeptPlaces(ServicePlaces places, Set<Lane> lanes) {
        this.places = places;
        for (Lane lane : lanes) {
            vips.put(lane, places.vip(lane));
            clusterIps.put(lane, places.clusterIps(lane));
        }
    }

    /** A Service's manifest with the ClusterIPs that it had. */
    String in(Lane lane, String yaml) {
        List<String> addresses = clusterIps.get(lane);
        String all =
                addresses.size() == 1 ? "" : "  clusterIPs: [\"%s\"]\n".formatted(String.join("\", \"", addresses));
        return yaml.replace(
                "  type: LoadBalancer\n", "  type: LoadBalancer\n  clusterIP: " + addresses.getFirst() + "\n" + all);
    }

    /** Gives them the VIPs that they had. */
    void assignVips() {
        vips.forEach(places::assignVip);
        vips.forEach(places::awaitAnnounced);
    }
}
