package dev.udpfanout.loader.doctor.firewall;

import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.datapath.network.firewall.ServiceRules;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Whether kube-proxy translates what senders send to the VIP, so that it gets to the listener's dummy interface. */
public final class KubeProxyRuleCheck {
    private static final String CHECK = "kube_proxy_rule";

    private final Function<InetSocketAddress, ServiceRules> reader;

    public KubeProxyRuleCheck() {
        this(ServiceRules::of);
    }

    /** @param reader finds the rules for an address and port */
    KubeProxyRuleCheck(Function<InetSocketAddress, ServiceRules> reader) {
        this.reader = reader;
    }

    /**
     * @param vips where senders send to
     * @param hasOtherProxy whether something else stands for Services here
     */
    public List<Diagnosis> of(Collection<InetSocketAddress> vips, boolean hasOtherProxy) {
        List<Diagnosis> found = new ArrayList<>();
        for (InetSocketAddress vip : vips) {
            String host = AddressText.of(vip.getAddress());
            String text = (vip.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + vip.getPort();
            ServiceRules rules = reader.apply(vip);
            found.add(rules.by()
                    .map(by -> Diagnosis.ok(CHECK, "kube-proxy has a rule for UDP " + text + " (" + by + ")"))
                    .orElseGet(() -> missing(text, rules, hasOtherProxy)));
        }
        return found;
    }

    private static Diagnosis missing(String vip, ServiceRules rules, boolean hasOtherProxy) {
        if (!rules.unreadable().isEmpty()) {
            return Diagnosis.notChecked(
                    CHECK,
                    "kube-proxy's rules cannot be read: " + rules.unreadable(),
                    "udp-fanout trace --to " + vip
                            + " shows whether it is translated; look with: iptables-save -t nat, nft list"
                            + " table ip kube-proxy, or ipvsadm -Ln");
        }
        if (rules.backends().isEmpty() && hasOtherProxy) {
            return Diagnosis.notChecked(
                    CHECK, "kube-proxy has no rules here, and something else stands in its place", "see service_proxy");
        }
        String meaning = "what senders send to the VIP is not translated, so it never gets to the listener";
        return rules.backends().isEmpty()
                ? Diagnosis.problem(
                        CHECK,
                        "kube-proxy has no rules on this node, in iptables, nftables or IPVS",
                        meaning,
                        "is it running? kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide")
                : Diagnosis.problem(
                        CHECK,
                        "kube-proxy has no rule for UDP " + vip + " (it has others: "
                                + String.join(", ", rules.backends()) + ")",
                        meaning,
                        "it makes one when this node's endpoint is ready and its port's name is that of the Service's:"
                                + " compare kubectl get service and get endpointslices -o yaml; kube-proxy's log");
    }
}
