package dev.udpfanout.loader.datapath.network;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Interfaces, by their indexes, of which some stand for one another. */
final class InterfaceGroups {
    /** Of each in a group, another one in it with a smaller index, or itself. */
    private final Map<Integer, Integer> smaller = new HashMap<>();

    /** These stand for one another from here on, with all that any of them stood for. */
    void join(Collection<Integer> interfaces) {
        int group = interfaces.stream().mapToInt(this::groupOf).min().orElse(0);
        for (int ifindex : interfaces) {
            smaller.put(groupOf(ifindex), group);
            smaller.put(ifindex, group);
        }
    }

    private int groupOf(int ifindex) {
        int at = ifindex;
        while (smaller.getOrDefault(at, at) != at) {
            at = smaller.get(at);
        }
        return at;
    }

    /** The group of each, which is the smallest index in it. */
    Map<Integer, Integer> byInterface() {
        Map<Integer, Integer> groups = new TreeMap<>();
        smaller.keySet().forEach(ifindex -> groups.put(ifindex, groupOf(ifindex)));
        return groups;
    }
}
