package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;

/**
 * The slice that an earlier version of the daemon kept for all listeners of a Service. It must not go on to say that
 * this node is ready, and the daemon may not delete, so it is left without endpoints; it goes with its Service.
 */
final class EarlierSlice {
    private static final int UNPROCESSABLE = 422;

    /** Does nothing, with 422, to a slice that somebody else keeps, and does not create one, as applying would. */
    private static final String WITHOUT_ENDPOINTS = """
            [
              {"op": "test", "path": "/metadata/labels/endpointslice.kubernetes.io~1managed-by", "value": "udp-fanout"},
              {"op": "add", "path": "/endpoints", "value": []},
              {"op": "add", "path": "/ports", "value": []}
            ]
            """;

    private final SliceApi api;
    private final ServiceName service;
    private final String nodeName;
    private boolean isEmpty;

    EarlierSlice(SliceApi api, ServiceName service, String nodeName) {
        this.api = api;
        this.service = service;
        this.nodeName = nodeName;
    }

    /** Takes its endpoints out, if there is one and it is ours; does nothing once that has worked. */
    void empty() {
        if (isEmpty) {
            return;
        }
        try {
            api.patch(named(), PatchContext.of(PatchType.JSON), WITHOUT_ENDPOINTS);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND && e.getCode() != UNPROCESSABLE) {
                throw e;
            }
        }
        isEmpty = true;
    }

    private EndpointSlice named() {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.namespace())
                .withName(SliceName.ofEarlierVersions(service.name(), nodeName))
                .endMetadata()
                .build();
    }
}
