package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.Release;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An address that all nodes publish: until which version of Kubernetes that worked. */
public final class SharedAddress {
    private static final Logger LOG = LoggerFactory.getLogger(SharedAddress.class);

    /** Since then kube-proxy does not prefer its own node's endpoint among equal ones: kubernetes#135593. */
    private static final Release FIRST = new Release(1, 36);

    private SharedAddress() {}

    /** @param version the API server's, which kube-proxy's follows; null if it is not known */
    public static boolean isRefusedBy(VersionInfo version) {
        return Release.of(version).map(release -> !release.isBefore(FIRST)).orElse(false);
    }

    /** Asks the API server, with its time-out, and says in the log if one address for all nodes is of no use there. */
    public static void warn(KubernetesClient client, ServiceName service) {
        try {
            VersionInfo version = client.getKubernetesVersion();
            if (isRefusedBy(version)) {
                LOG.atError()
                        .addKeyValue("service", service)
                        .addKeyValue("kubernetes", version.getMajor() + "." + version.getMinor())
                        .log(
                                "all nodes publish the same address (addresses: bind), and kube-proxy of this version gives all"
                                        + " but one nothing; set publish.addresses to a range");
            }
        } catch (RuntimeException e) {
            LOG.atDebug()
                    .addKeyValue("service", service)
                    .log("the API server's version is not known: {}", e.getMessage());
        }
    }
}
