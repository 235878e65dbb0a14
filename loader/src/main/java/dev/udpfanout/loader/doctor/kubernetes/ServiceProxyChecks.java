package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What stands for Services on this node, by what it lets be seen there, and whether a listener on a dummy interface can
 * have its datagrams from it. Names and ports are those of the sources of each.
 */
public final class ServiceProxyChecks {
    private static final String CHECK = "service_proxy";

    /** kube-proxy's metrics, on loopback: kubernetes, pkg/cluster/ports/ports.go, ProxyStatusPort 10249. */
    private static final String KUBE_PROXY_PORT = ":2809";

    private static final String LISTENING = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;

    private static final String USE_VIP_DIRECT =
            "take the VIP's datagrams before it does: a VIP-direct listener (docs/deployment.md, Service proxies)";

    private final NodeFiles files;

    public ServiceProxyChecks(NodeFiles files) {
        this.files = files;
    }

    /** What stands in kube-proxy's place, and what it does with a datagram for an address that is no pod's. */
    private enum Proxy {
        /** cilium, bpf/lib/nodeport.h: a backend that is no endpoint of its own is another node's. */
        CILIUM(
                "cilium_host"::equals,
                "Cilium: it takes a listener on a dummy interface for a backend on another node, and gives the senders' addresses away"),
        /** calico, felix/bpf-gpl/tc.c: CALI_REASON_RT_UNKNOWN. */
        CALICO(
                Set.of("bpfin.cali", "bpfout.cali")::contains,
                "Calico's eBPF data plane: it drops what is for an address that it has no route of its own for"),
        /** ovn-kubernetes, docs/design/service-traffic-policy.md. */
        OVN_KUBERNETES(
                "ovn-k8s-mp0"::equals,
                "OVN-Kubernetes: Open vSwitch translates the VIP, and never to an address of a dummy interface");

        private final Predicate<String> isItsInterface;
        private final String finding;

        Proxy(Predicate<String> isItsInterface, String finding) {
            this.isItsInterface = isItsInterface;
            this.finding = finding;
        }
    }

    /** Empty if nothing shows itself, or no listener publishes. */
    public Optional<Diagnosis> of(List<ListenerConfig> listeners) {
        if (listeners.stream().noneMatch(each -> each.publish().isPresent())) {
            return Optional.empty();
        }
        Set<String> interfaces = interfaces();
        if (interfaces.contains("kube-ipvs0")) {
            return Optional.of(ipvs(listeners));
        }
        if (hasKubeProxy()) {
            return Optional.of(Diagnosis.ok(CHECK, "kube-proxy is at work on this node"));
        }
        return Stream.of(Proxy.values())
                .filter(proxy -> interfaces.stream().anyMatch(proxy.isItsInterface))
                .findFirst()
                .map(proxy -> inPlaceOfKubeProxy(proxy, listeners));
    }

    private static Diagnosis ipvs(List<ListenerConfig> listeners) {
        String finding = "kube-proxy in IPVS mode is at work on this node";
        return usesDummyInterface(listeners)
                ? Diagnosis.notChecked(
                        CHECK,
                        finding + "; its way to a dummy interface was never tried, for want of a kernel with IPVS",
                        "udp-fanout trace --to VIP:PORT shows whether it leads there; if it does not: kube-proxy in iptables"
                                + " or nftables mode, or a VIP-direct listener (docs/deployment.md, Service proxies)")
                : Diagnosis.ok(CHECK, finding);
    }

    private static Diagnosis inPlaceOfKubeProxy(Proxy proxy, List<ListenerConfig> listeners) {
        return usesDummyInterface(listeners)
                ? Diagnosis.warning(CHECK, "no kube-proxy is seen, but " + proxy.finding, USE_VIP_DIRECT)
                : Diagnosis.ok(
                        CHECK,
                        "no kube-proxy is seen, but " + proxy.finding.substring(0, proxy.finding.indexOf(':'))
                                + "; the listeners take their datagrams before it");
    }

    private static boolean usesDummyInterface(List<ListenerConfig> listeners) {
        return listeners.stream()
                .filter(listener -> listener.publish().isPresent())
                .anyMatch(ListenerConfig::isOnDummyInterface);
    }

    private Set<String> interfaces() {
        return files.lines("net/dev").stream()
                .filter(line -> line.contains(":"))
                .map(line -> line.substring(0, line.indexOf(':')).strip())
                .collect(Collectors.toSet());
    }

    private boolean hasKubeProxy() {
        return Stream.of("net/tcp", "net/tcp6")
                .flatMap(name -> files.lines(name).stream())
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(fields -> fields.length > STATE
                        && fields[LOCAL_ADDRESS].endsWith(KUBE_PROXY_PORT)
                        && fields[STATE].equals(LISTENING));
    }
}
