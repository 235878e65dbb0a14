package dev.udpfanout.loader.kubernetes.publish;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;

/**
 * Whether kube-proxy sends what still arrives on a node to an endpoint of it that has been withdrawn, and serves:
 * ProxyTerminatingEndpoints, KEP-1669, which is on by default from 1.26 on. Before it, kube-proxy drops that, and
 * connection tracking may keep a sender lost after the endpoint is ready again.
 */
public final class TerminatingEndpoints {
    private static final int FIRST_MINOR = 26;

    private TerminatingEndpoints() {}

    /** Asks the API server, with the client's time-out; true if it does not tell. */
    public static boolean areServedIn(KubernetesClient client) {
        try {
            return areServedBy(client.getKubernetesVersion());
        } catch (KubernetesClientException e) {
            return true;
        }
    }

    /** @param version the API server's, which kube-proxy's follows; null if it is not known */
    static boolean areServedBy(VersionInfo version) {
        if (version == null || !"1".equals(version.getMajor())) {
            return true;
        }
        // Some distributions write "20+".
        String minor = version.getMinor() == null ? "" : version.getMinor().replaceAll("\\D.*", "");
        return minor.isEmpty() || minor.length() > 9 || Integer.parseInt(minor) >= FIRST_MINOR;
    }
}
