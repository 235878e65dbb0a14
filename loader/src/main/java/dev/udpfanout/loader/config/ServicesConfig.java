package dev.udpfanout.loader.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Which annotated Services the daemon serves, and where their datagrams come in.
 *
 * @param namespaces those in which it looks for them; empty for all
 * @param externalIps whether {@code spec.externalIPs} are served, too: whoever may write a Service may write any
 *     address there (CVE-2020-8554)
 * @param vipInterfaces where datagrams for VIPs come in; at least one, none of {@code podInterfaces}
 * @param podInterfaces where datagrams of this node's pods come in; at least one
 * @param lease for how long the kernel goes on without hearing of a daemon before kube-proxy serves; zero: for ever
 */
public record ServicesConfig(
        Set<String> namespaces,
        boolean externalIps,
        List<String> vipInterfaces,
        List<String> podInterfaces,
        Duration lease) {
    public ServicesConfig {
        namespaces = Set.copyOf(namespaces);
        vipInterfaces = List.copyOf(vipInterfaces);
        podInterfaces = List.copyOf(podInterfaces);
    }
}
