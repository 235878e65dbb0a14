package dev.udpfanout.lab.cluster.scenario;

import java.util.List;

/** Who sends, and where to. */
enum Origin {
    CLIENT("client -> VIP", 0),
    POD_TO_VIP("pods -> VIP", 0),
    POD_TO_CLUSTER_IP("pods -> ClusterIP", 0),
    CLIENT6("client -> VIP, IPv6", 1),
    POD_TO_VIP6("pods -> VIP, IPv6", 1),
    POD_TO_CLUSTER_IP6("pods -> ClusterIP, IPv6", 1);

    private final String text;
    private final int family;

    /** @param family the place of the address among a Service's, of which IPv4's is the first */
    Origin(String text, int family) {
        this.text = text;
        this.family = family;
    }

    /** Whether datagrams come from outside of the cluster. */
    boolean isClient() {
        return this == CLIENT || this == CLIENT6;
    }

    /** Which of a Service's addresses is sent to; a Service of one family has one of each kind. */
    String destination(List<String> vips, List<String> clusterIps) {
        return (this == POD_TO_CLUSTER_IP || this == POD_TO_CLUSTER_IP6 ? clusterIps : vips).get(family);
    }

    /** Whether it takes a Service of more families than these. */
    boolean needsMore(int families) {
        return family >= families;
    }

    @Override
    public String toString() {
        return text;
    }
}
