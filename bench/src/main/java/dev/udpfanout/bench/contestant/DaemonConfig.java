package dev.udpfanout.bench.contestant;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/** The daemon's configuration for a contestant. */
final class DaemonConfig {
    private static final String USERSPACE = "mode: userspace, source: node, cpus: [" + Cpus.RECEIVER + "], io: ";

    private DaemonConfig() {}

    /** @param more keys of each listener, each with a comma before it */
    static String yaml(Contestant contestant, List<InetSocketAddress> endpoints, int listeners, String more) {
        StringBuilder yaml = new StringBuilder("metrics: { enabled: false }\nhealth: { enabled: false }\nlisteners:\n");
        String downstream = endpoints.stream()
                .map(endpoint -> "{ address: \"" + text(endpoint) + "\" }")
                .collect(Collectors.joining(", "));
        InetSocketAddress bind = bind(contestant);
        for (int i = 0; i < listeners; i++) {
            InetSocketAddress each = new InetSocketAddress(bind.getAddress(), bind.getPort() + i);
            yaml.append("  - { name: l%d, bind: \"%s\", %s, downstream: [ %s ] }\n"
                    .formatted(i, text(each), keys(contestant) + more, downstream));
        }
        return yaml.toString();
    }

    private static InetSocketAddress bind(Contestant contestant) {
        return switch (contestant) {
            case DUMMY_INGRESS, DUMMY_EGRESS -> ContestantLab.DUMMY;
            case VIP_DIRECT -> ContestantLab.VIP;
            default -> ContestantLab.NODE;
        };
    }

    private static String keys(Contestant contestant) {
        return switch (contestant) {
            case NIC_INGRESS, VIP_DIRECT -> "interface: eth0, mode: tc_ebpf";
            case NIC_NEIGH -> "interface: eth0, mode: tc_ebpf, local_delivery: neigh";
            case NIC_PEER -> "interface: eth0, mode: tc_ebpf, local_delivery: peer";
            case DUMMY_INGRESS -> "interface: dummy0, mode: tc_ebpf";
            case DUMMY_EGRESS -> "interface: dummy0, mode: tc_ebpf, hook: egress";
            case USERSPACE_IO_URING, USERSPACE_IO_URING_SINGLE_SHOT -> "interface: eth0, " + USERSPACE + "io_uring";
            case USERSPACE_EPOLL -> "interface: eth0, " + USERSPACE + "epoll";
            case USERSPACE_NIO -> "interface: eth0, " + USERSPACE + "nio";
            default -> throw new IllegalArgumentException(contestant + " needs no daemon");
        };
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
