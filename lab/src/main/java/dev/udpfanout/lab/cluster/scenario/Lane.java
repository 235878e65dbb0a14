package dev.udpfanout.lab.cluster.scenario;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Services that get the same datagrams at the same time: two of them, of which kube-proxy serves one alone. */
enum Lane {
    /** The receivers themselves are the Service's endpoints. */
    KUBE_PROXY("kube-proxy-alone"),
    /** The guide's Service, whose endpoints the daemons publish. */
    UDP_FANOUT("udp-fanout-lb"),
    /** An ordinary Service of the receivers, which is annotated or not. */
    ANNOTATED("annotated");

    /** Those of the guide. */
    static final Set<Lane> OF_GUIDE = Collections.unmodifiableSet(EnumSet.of(KUBE_PROXY, UDP_FANOUT));

    /** The annotated Service, and the one beside it. */
    static final Set<Lane> OF_ANNOTATION = Collections.unmodifiableSet(EnumSet.of(KUBE_PROXY, ANNOTATED));

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
