package dev.udpfanout.bench.program;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The daemon's configuration for loads: each has listeners of its own, at ports of its own. */
final class ListenerYaml {
    private static final int FIRST_PORT = 5514;
    private static final int METRICS_PORT = 9090;

    private ListenerYaml() {}

    /** The first port of each load, in the same order; that of a load without a listener is nobody's. */
    static List<Integer> ports(List<Load> loads) {
        int[] next = {FIRST_PORT};
        return loads.stream()
                .map(load -> {
                    int port = next[0];
                    next[0] += Math.max(1, load.listeners());
                    return port;
                })
                .toList();
    }

    static String of(List<Load> loads) {
        List<Integer> ports = ports(loads);
        StringBuilder yaml = new StringBuilder("metrics: { bind: \"127.0.0.1:%d\" }\n".formatted(METRICS_PORT))
                .append("health: { enabled: false }\nlisteners:\n");
        for (int i = 0; i < loads.size(); i++) {
            Load load = loads.get(i);
            for (int listener = 0; listener < load.listeners(); listener++) {
                yaml.append(listener(load, name(i, listener), ports.get(i) + listener));
            }
        }
        return yaml.toString();
    }

    /** The name of a load's listener, by their numbers. */
    static String name(int load, int listener) {
        return "load" + load + "-" + listener;
    }

    private static String listener(Load load, String name, int port) {
        String endpoints = IntStream.range(0, load.endpoints())
                .mapToObj(i -> "{ address: \"" + text(load.family().receiver(i)) + "\" }")
                .collect(Collectors.joining(", "));
        return "  - { name: %s, interface: eth0, mode: tc_ebpf, bind: \"%s\", %s downstream: [ %s ] }\n"
                .formatted(name, text(load.family().listener(port)), load.keys(), endpoints);
    }

    /** As a configuration has it. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
