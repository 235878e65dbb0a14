package dev.udpfanout.lab.demo;

import java.net.InetSocketAddress;
import java.util.List;

/** The daemon's configuration for the demo: one listener behind dummy0, the pods as static downstreams. */
final class DaemonConfig {
    private DaemonConfig() {}

    /**
     * The YAML text.
     *
     * @param bind the listener's address, the one that kube-proxy rewrites to
     * @param pods the receivers, pod-1 first
     */
    static String yaml(InetSocketAddress bind, List<InetSocketAddress> pods) {
        StringBuilder yaml = new StringBuilder("""
                listeners:
                  - name: syslog
                    bind: "%s"
                    interface: dummy0
                    mode: tc_ebpf
                    downstream:
                """.formatted(text(bind)));
        for (int n = 1; n <= pods.size(); n++) {
            yaml.append("      - { name: pod-%d, address: \"%s\" }\n".formatted(n, text(pods.get(n - 1))));
        }
        yaml.append("health:  { enabled: true, interval_secs: 5, timeout_secs: 2, protocol: icmp }\n");
        yaml.append("metrics: { enabled: false, bind: \"0.0.0.0:9090\", path: /metrics }\n");
        return yaml.toString();
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
