package dev.udpfanout.lab.kubeproxy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What kube-proxy (iptables mode, Kubernetes 1.24 and newer) writes for one UDP port of a LoadBalancer Service; as
 * input for iptables-restore(8). Pure. Source for layout, order and comments: kubernetes, pkg/proxy/iptables/proxier.go
 * and its test; leaves out what needs nfacct.
 *
 * @param name the service port
 * @param virtualIp the load balancer's address and port
 * @param clusterIp the Service's address inside the cluster
 * @param nodePort the port on every address of the node
 * @param clusterCidr the pods' network: sources inside it are not masqueraded
 * @param policy whether the source address is kept
 * @param endpoints where datagrams go; at least one
 */
public record KubeProxyRules(
        ServicePortName name,
        InetSocketAddress virtualIp,
        String clusterIp,
        int nodePort,
        String clusterCidr,
        ExternalTrafficPolicy policy,
        ServiceEndpoints endpoints) {
    private static final String MASQUERADE_MARK = "0x4000";
    private static final String PROTOCOL = "udp";

    /**
     * @throws IllegalArgumentException without endpoints: kube-proxy then rejects instead, which this does not write
     */
    public KubeProxyRules {
        if (endpoints.cluster().isEmpty()) {
            throw new IllegalArgumentException("no endpoints");
        }
    }

    /**
     * As {@link #labService(InetSocketAddress, ExternalTrafficPolicy, ServiceEndpoints)}, with endpoints that are all
     * this node's own.
     */
    public static KubeProxyRules labService(
            InetSocketAddress virtualIp, ExternalTrafficPolicy policy, List<InetSocketAddress> endpoints) {
        return labService(virtualIp, policy, ServiceEndpoints.allLocal(endpoints));
    }

    /**
     * The Service of the lab, {@code logging/syslog:syslog}, on the lab's addresses, for any set of endpoints: the pods
     * themselves for the baseline, 10.255.0.1:5514 for fan-out. For an IPv6 VIP the rules are those of ip6tables.
     */
    public static KubeProxyRules labService(
            InetSocketAddress virtualIp, ExternalTrafficPolicy policy, ServiceEndpoints endpoints) {
        ServicePortName name = new ServicePortName("logging", "syslog", "syslog");
        boolean ipv6 = virtualIp.getAddress() instanceof Inet6Address;
        return new KubeProxyRules(
                name,
                virtualIp,
                ipv6 ? "2001:db8:43::14" : "10.43.0.14",
                30514,
                ipv6 ? "2001:db8:42::/64" : "10.42.0.0/16",
                policy,
                endpoints);
    }

    /** The same rules for a Service of another name, which their comments and their chains' names show. */
    public KubeProxyRules withName(ServicePortName other) {
        return new KubeProxyRules(other, virtualIp, clusterIp, nodePort, clusterCidr, policy, endpoints);
    }

    /** Two whole tables, filter and nat: iptables-restore without {@code --noflush} replaces each at one stroke. */
    public String restoreInput() {
        return restoreInput(List.of(this));
    }

    /** As {@link #restoreInput()}, for several ports of Services. */
    static String restoreInput(List<KubeProxyRules> services) {
        RestoreTable filter = new RestoreTable("filter");
        builtInFilter(filter);
        services.forEach(service -> service.dropWithoutLocalEndpoint(filter));
        RestoreTable nat = new RestoreTable("nat");
        jumps(nat);
        masquerade(nat);
        services.forEach(service -> service.serviceAddresses(nat));
        nat.rule(
                "KUBE-SERVICES",
                comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain"),
                "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS");
        services.forEach(service -> service.chainsOfItsOwn(nat));
        return filter.text() + nat.text();
    }

    private void chainsOfItsOwn(RestoreTable nat) {
        externalTraffic(nat);
        if (policy == ExternalTrafficPolicy.LOCAL) {
            balance(nat, chains().local(), endpoints.local());
        }
        clusterTraffic(nat);
        endpoints.cluster().forEach(endpoint -> endpoint(nat, endpoint));
    }

    /** Whether they are for ip6tables-restore. */
    public boolean isIpv6() {
        return virtualIp.getAddress() instanceof Inet6Address;
    }

    static String text(InetSocketAddress endpoint) {
        if (endpoint.getAddress() instanceof Inet6Address) {
            return "[" + endpoint.getAddress().getHostAddress() + "]:" + endpoint.getPort();
        }
        return endpoint.getAddress().getHostAddress() + ":" + endpoint.getPort();
    }

    private ChainNames chains() {
        return new ChainNames(name, PROTOCOL);
    }

    private static void builtInFilter(RestoreTable filter) {
        filter.builtIn("INPUT", "FORWARD", "OUTPUT");
        filter.chain("KUBE-FORWARD");
        filter.rule("FORWARD", comment("kubernetes forwarding rules"), "-j KUBE-FORWARD");
        filter.rule("KUBE-FORWARD", "-m conntrack --ctstate INVALID -j DROP");
        filter.rule(
                "KUBE-FORWARD",
                comment("kubernetes forwarding rules"),
                "-m mark --mark %1$s/%1$s -j ACCEPT".formatted(MASQUERADE_MARK));
        filter.rule(
                "KUBE-FORWARD",
                comment("kubernetes forwarding conntrack rule"),
                "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
        filter.chain("KUBE-EXTERNAL-SERVICES");
        for (String chain : List.of("INPUT", "FORWARD")) {
            filter.rule(
                    chain,
                    "-m conntrack --ctstate NEW",
                    comment("kubernetes externally-visible service portals"),
                    "-j KUBE-EXTERNAL-SERVICES");
        }
    }

    /**
     * With {@code Local}, what comes from outside is dropped on a node without an endpoint: MetalLB leads it to another
     * node.
     */
    private void dropWithoutLocalEndpoint(RestoreTable filter) {
        if (hasNoEndpointForOutside()) {
            String reason = comment(name + " has no local endpoints");
            filter.rule(
                    "KUBE-EXTERNAL-SERVICES",
                    reason,
                    to(virtualIp.getAddress().getHostAddress(), virtualIp.getPort()),
                    "-j DROP");
            filter.rule("KUBE-EXTERNAL-SERVICES", reason, "-m addrtype --dst-type LOCAL", toPort(nodePort), "-j DROP");
        }
    }

    private boolean hasNoEndpointForOutside() {
        return policy == ExternalTrafficPolicy.LOCAL && endpoints.local().isEmpty();
    }

    private static void jumps(RestoreTable nat) {
        nat.builtIn("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING");
        nat.chain("KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ");
        nat.rule("PREROUTING", comment("kubernetes service portals"), "-j KUBE-SERVICES");
        nat.rule("OUTPUT", comment("kubernetes service portals"), "-j KUBE-SERVICES");
        nat.rule("POSTROUTING", comment("kubernetes postrouting rules"), "-j KUBE-POSTROUTING");
    }

    private static void masquerade(RestoreTable nat) {
        nat.rule("KUBE-POSTROUTING", "-m mark ! --mark %1$s/%1$s -j RETURN".formatted(MASQUERADE_MARK));
        nat.rule("KUBE-POSTROUTING", "-j MARK --xor-mark " + MASQUERADE_MARK);
        nat.rule(
                "KUBE-POSTROUTING",
                comment("kubernetes service traffic requiring SNAT"),
                "-j MASQUERADE --random-fully");
        nat.rule("KUBE-MARK-MASQ", "-j MARK --or-mark " + MASQUERADE_MARK);
    }

    private void serviceAddresses(RestoreTable nat) {
        nat.chain(chains().external(), chains().cluster());
        nat.rule("KUBE-NODEPORTS", comment(name.toString()), toPort(nodePort), "-j " + chains().external());
        nat.rule("KUBE-SERVICES", comment(name + " cluster IP"), toCluster(), "-j " + chains().cluster());
        nat.rule(
                "KUBE-SERVICES",
                comment(name + " loadbalancer IP"),
                to(virtualIp.getAddress().getHostAddress(), virtualIp.getPort()),
                "-j " + chains().external());
    }

    private void externalTraffic(RestoreTable nat) {
        String chain = chains().external();
        if (policy == ExternalTrafficPolicy.CLUSTER) {
            nat.rule(chain, comment("masquerade traffic for " + name + " external destinations"), "-j KUBE-MARK-MASQ");
            nat.rule(chain, "-j " + chains().cluster());
            return;
        }
        nat.rule(
                chain,
                comment("pod traffic for " + name + " external destinations"),
                "-s " + clusterCidr + " -j " + chains().cluster());
        nat.rule(
                chain,
                comment("masquerade LOCAL traffic for " + name + " external destinations"),
                "-m addrtype --src-type LOCAL -j KUBE-MARK-MASQ");
        nat.rule(
                chain,
                comment("route LOCAL traffic for " + name + " external destinations"),
                "-m addrtype --src-type LOCAL -j " + chains().cluster());
        nat.chain(chains().local());
        if (!hasNoEndpointForOutside()) {
            nat.rule(chain, "-j " + chains().local());
        }
    }

    private void clusterTraffic(RestoreTable nat) {
        nat.rule(
                chains().cluster(),
                comment(name + " cluster IP"),
                toCluster(),
                "! -s " + clusterCidr + " -j KUBE-MARK-MASQ");
        balance(nat, chains().cluster(), endpoints.cluster());
    }

    private void balance(RestoreTable nat, String chain, List<InetSocketAddress> among) {
        for (int i = 0; i < among.size(); i++) {
            InetSocketAddress endpoint = among.get(i);
            int left = among.size() - i;
            String choice = left == 1
                    ? ""
                    : "-m statistic --mode random --probability "
                            + BigDecimal.valueOf(1.0 / left).setScale(10, RoundingMode.HALF_EVEN) + " ";
            nat.rule(chain, comment(name + " -> " + text(endpoint)), choice + "-j " + chains().endpoint(endpoint));
        }
    }

    private void endpoint(RestoreTable nat, InetSocketAddress endpoint) {
        String chain = chains().endpoint(endpoint);
        nat.chain(chain);
        nat.rule(
                chain, comment(name.toString()), "-s " + endpoint.getAddress().getHostAddress() + " -j KUBE-MARK-MASQ");
        nat.rule(
                chain,
                comment(name.toString()),
                "-m %1$s -p %1$s -j DNAT --to-destination %2$s".formatted(PROTOCOL, text(endpoint)));
    }

    private String toCluster() {
        return to(clusterIp, virtualIp.getPort());
    }

    private static String to(String address, int port) {
        return "-m %1$s -p %1$s -d %2$s --dport %3$d".formatted(PROTOCOL, address, port);
    }

    private static String toPort(int port) {
        return "-m %1$s -p %1$s --dport %2$d".formatted(PROTOCOL, port);
    }

    private static String comment(String text) {
        return "-m comment --comment " + (text.indexOf(' ') < 0 ? text : '"' + text + '"');
    }
}
