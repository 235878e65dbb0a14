package dev.udpfanout.lab.cluster.scenario;

/** Who sends, and where to. */
enum Origin {
    CLIENT("client -> VIP"),
    POD_TO_VIP("pods -> VIP"),
    POD_TO_CLUSTER_IP("pods -> ClusterIP");

    private final String text;

    Origin(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
