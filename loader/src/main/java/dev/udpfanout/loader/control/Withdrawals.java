package dev.udpfanout.loader.control;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which endpoint sets are put in force: those first that lose an endpoint. What is sent to an endpoint
 * that has gone is lost, and what is not sent yet to one that has come is not.
 */
public final class Withdrawals {
    private Withdrawals() {}

    /**
     * The sets by their listeners' names, those first that lose an endpoint, and else in the order given; pure.
     *
     * @param before what is in force, by listener
     */
    public static Map<String, EndpointSet> first(Map<String, EndpointSet> before, List<EndpointSet> now) {
        Map<String, EndpointSet> ordered = new LinkedHashMap<>();
        now.stream()
                .sorted(Comparator.comparing(set -> !loses(before.get(set.listener()), set)))
                .forEach(set -> ordered.put(set.listener(), set));
        return ordered;
    }

    private static boolean loses(EndpointSet before, EndpointSet now) {
        return before != null
                && !now.endpoints().equals(before.endpoints())
                && !new HashSet<>(now.endpoints()).containsAll(before.endpoints());
    }
}
