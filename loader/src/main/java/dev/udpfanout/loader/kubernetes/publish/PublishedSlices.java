package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.Reason;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What daemons of a node have published, for when there is to be none any more. */
public final class PublishedSlices {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedSlices.class);

    private PublishedSlices() {}

    /**
     * Deletes a node's slices of these Services. It takes the right to delete EndpointSlices, which a daemon has no use
     * for.
     *
     * @param ports of the listeners that publish each Service
     * @return how many of the Services have no such slice any more; the reasons why others have are logged
     */
    public static int delete(KubernetesClient client, Map<ServiceName, Set<Integer>> ports, String nodeName) {
        SliceApi api = new SliceApi(client);
        int gone = 0;
        for (Map.Entry<ServiceName, Set<Integer>> each : ports.entrySet()) {
            ServiceName service = each.getKey();
            boolean all = true;
            for (String slice : names(service, each.getValue(), nodeName)) {
                all &= delete(api, service, slice);
            }
            gone += all ? 1 : 0;
        }
        return gone;
    }

    /** Which family it was is the interface's matter where the VIP is taken directly; so both. */
    private static List<String> names(ServiceName service, Set<Integer> ports, String nodeName) {
        List<String> names = new ArrayList<>();
        for (int port : ports) {
            for (AddressType type : AddressType.values()) {
                names.add(SliceName.of(service.name(), nodeName, port, type));
            }
        }
        names.add(SliceName.ofEarlierVersions(service.name(), nodeName));
        return names;
    }

    private static boolean delete(SliceApi api, ServiceName service, String slice) {
        try {
            boolean wasThere = api.delete(new EndpointSliceBuilder()
                    .withNewMetadata()
                    .withNamespace(service.namespace())
                    .withName(slice)
                    .endMetadata()
                    .build());
            if (wasThere) {
                LOG.atInfo()
                        .addKeyValue("service", service)
                        .addKeyValue("slice", slice)
                        .log("deleted an EndpointSlice of this node");
            }
            return true;
        } catch (KubernetesClientException e) {
            LOG.atError()
                    .addKeyValue("service", service)
                    .addKeyValue("slice", slice)
                    .addKeyValue("reason", Reason.of(e))
                    .log("failed to delete this node's EndpointSlice; delete it by hand");
            return false;
        }
    }
}
