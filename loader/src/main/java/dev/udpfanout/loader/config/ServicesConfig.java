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
 * @param vipInterfaces where datagrams for VIPs come in: words of an {@link InterfaceChoice}
 * @param podInterfaces where datagrams of this node's pods come in: likewise; none of those named for VIPs
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

    /** Which interfaces have a role. */
    public InterfaceChoice interfaces(InterfaceRole role) {
        return new InterfaceChoice(
                switch (role) {
                    case VIPS -> vipInterfaces;
                    case PODS -> podInterfaces;
                });
    }

    /** Whether interfaces of a role have to be looked for. */
    public boolean looksForInterfaces() {
        return !interfaces(InterfaceRole.VIPS).isByName()
                || !interfaces(InterfaceRole.PODS).isByName();
    }

    /** What stands for the interfaces of a role among those of a listener. */
    public List<String> places(InterfaceRole role) {
        return interfaces(role).places(role);
    }
}
