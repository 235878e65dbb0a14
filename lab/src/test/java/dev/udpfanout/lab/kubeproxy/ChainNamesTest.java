package dev.udpfanout.lab.kubeproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The expected names are those of real clusters and of kubernetes' pkg/proxy/iptables/proxier_test.go. */
@Tag("unit")
class ChainNamesTest {
    private static final ChainNames DNS = new ChainNames(new ServicePortName("kube-system", "kube-dns", "dns"), "udp");
    private static final ChainNames FOUR = new ChainNames(new ServicePortName("ns4", "svc4", "p80"), "tcp");

    @Test
    void shouldNameTheServiceChainsAsEveryClusterDoes() {
        assertEquals("KUBE-SVC-TCOU7JCQXEZGVUNU", DNS.cluster());
        assertEquals("KUBE-SVC-4SW47YFZTEDKD3PK", FOUR.cluster());
        assertEquals("KUBE-SVL-4SW47YFZTEDKD3PK", FOUR.local());
        assertEquals("KUBE-EXT-4SW47YFZTEDKD3PK", FOUR.external());
    }

    @Test
    void shouldNameTheEndpointChainsAsKubeProxyDoes() {
        assertEquals("KUBE-SEP-UKSFD7AGPMPPLUHC", FOUR.endpoint(new InetSocketAddress("10.180.0.4", 80)));
        assertEquals("KUBE-SEP-C6EBXVWJJZMIWKLZ", FOUR.endpoint(new InetSocketAddress("10.180.0.5", 80)));
    }
}
