package dev.udpfanout.lab.kubeproxy;

/**
 * One port of a Service, as kube-proxy names it in its comments and hashes it into its chains' names.
 *
 * @param namespace the Service's Kubernetes namespace
 * @param service the Service's name
 * @param port the port's name; may be empty
 */
public record ServicePortName(String namespace, String service, String port) {
    /** {@code namespace/service:port}, without the colon if the port has no name. */
    @Override
    public String toString() {
        return namespace + "/" + service + (port.isEmpty() ? "" : ":" + port);
    }
}
