package dev.udpfanout.loader.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What daemons of a node have published, for when there is to be none any more. */
public final class PublishedSlices {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedSlices.class);

    private PublishedSlices() {}

    /**
     * Deletes a node's slices of these Services. It takes the right to delete EndpointSlices, which a daemon has no use for.
     *
     * @return how many of the Services have no such slice any more; the reasons why others have are logged
     */
    public static int delete(KubernetesClient client, List<ServiceName> services, String nodeName) {
        int gone = 0;
        for (ServiceName service : services) {
            NodeSlice slice = new NodeSlice(client, service, nodeName);
            try {
                slice.delete();
                LOG.atInfo()
                        .addKeyValue("service", service)
                        .addKeyValue("slice", slice.name())
                        .log("deleted this node's EndpointSlice");
                gone++;
            } catch (KubernetesClientException e) {
                LOG.atError()
                        .addKeyValue("service", service)
                        .addKeyValue("slice", slice.name())
                        .addKeyValue("reason", Reason.of(e))
                        .log("cannot delete this node's EndpointSlice; delete it by hand");
            }
        }
        return gone;
    }
}
