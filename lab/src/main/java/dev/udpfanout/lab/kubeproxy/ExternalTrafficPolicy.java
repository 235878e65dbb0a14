package dev.udpfanout.lab.kubeproxy;

/** What a Service's {@code externalTrafficPolicy} says of datagrams from outside the cluster. */
public enum ExternalTrafficPolicy {
    /** Any node's endpoints, and the source address is masqueraded. */
    CLUSTER,
    /** This node's endpoints alone, and the source address is kept. */
    LOCAL
}
