package dev.udpfanout.lab.cluster.scenario;

/** The two Services that get the same datagrams at the same time. */
enum Lane {
    /** The receivers themselves are the Service's endpoints. */
    KUBE_PROXY("kube-proxy-alone"),
    /** The guide's Service, whose endpoints the daemons publish. */
    UDP_FANOUT("udp-fanout-lb");

    static final String NAMESPACE = "udp-fanout";
    static final int PORT = 5514;

    private final String service;

    Lane(String service) {
        this.service = service;
    }

    String service() {
        return service;
    }
}
